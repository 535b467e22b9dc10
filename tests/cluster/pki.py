"""A certificate authority for one test cluster, made by openssl."""
import subprocess
from pathlib import Path

CONFIG = "[req]\ndistinguished_name=dn\n[dn]\n"
# lab.example is for tls-server-name.
SERVER_NAMES = "IP:127.0.0.1,IP:10.0.0.1,DNS:localhost,DNS:kubernetes.default.svc,DNS:lab.example"


class Pki:
    """Files NAME.crt and NAME.key in a folder; the authority is `ca`."""

    def __init__(self, folder, name="fother-test-ca"):
        self.folder = Path(folder)
        self.folder.mkdir()
        (self.folder / "openssl.cnf").write_text(CONFIG)
        self.ca = self.folder / "ca.crt"
        self.make("ca", f"/CN={name}", "basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign")

    def openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)

    def make(self, name, subject, *extensions, signed=()):
        more = [word for extension in extensions for word in ("-addext", extension)]
        self.openssl("req", "-x509", "-config", "openssl.cnf", "-days", "30", "-noenc", "-newkey", "ec",
                     "-pkeyopt", "ec_paramgen_curve:prime256v1", "-subj", subject, "-keyout", f"{name}.key",
                     "-out", f"{name}.crt", *more, *signed)

    def certificate(self, name, subject, server=False):
        """(certificate file, key file), made once."""
        pair = self.folder / f"{name}.crt", self.folder / f"{name}.key"
        if not pair[0].exists():
            names = [f"subjectAltName={SERVER_NAMES}"] if server else []
            self.make(name, subject, "basicConstraints=critical,CA:FALSE", "keyUsage=critical,digitalSignature",
                      f"extendedKeyUsage={'serverAuth' if server else 'clientAuth'}", *names,
                      signed=("-CA", "ca.crt", "-CAkey", "ca.key"))
        return pair

    def key_pair(self, name):
        """NAME.key and NAME.pub, RSA."""
        self.openssl("genrsa", "-out", f"{name}.key", "2048")
        self.openssl("rsa", "-in", f"{name}.key", "-pubout", "-out", f"{name}.pub")
