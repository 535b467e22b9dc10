"""Certificates for fake servers, made by openssl once for a test run.

server      of the authority ca.crt, for 127.0.0.1 and localhost
other       of another authority, that nobody trusts
wrong-name  of ca.crt, for another host
expired     of ca.crt, of last year
"""
import subprocess
from pathlib import Path

CONFIG = """[req]
distinguished_name = dn
[dn]
[ca]
default_ca = this
[this]
database = index.txt
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = any
copy_extensions = copy
unique_subject = no
[any]
commonName = supplied
"""
HERE = "IP:127.0.0.1,DNS:localhost"
LAST_YEAR = ("-startdate", "20250101000000Z", "-enddate", "20250201000000Z")
YEARS = ("-startdate", "20250101000000Z", "-enddate", "20490101000000Z")


class Certificates:
    def __init__(self, folder):
        self.folder = Path(folder)
        (self.folder / "openssl.cnf").write_text(CONFIG)
        (self.folder / "index.txt").touch()
        self.authority("ca")
        self.authority("other-ca")
        self.sign("server", "ca", HERE, YEARS)
        self.sign("other", "other-ca", HERE, YEARS)
        self.sign("wrong-name", "ca", "DNS:other.example", YEARS)
        self.sign("expired", "ca", HERE, LAST_YEAR)
        self.ca = self.folder / "ca.crt"

    def openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)

    def authority(self, name):
        self.openssl("req", "-x509", "-config", "openssl.cnf", "-noenc", "-newkey", "ec", "-pkeyopt",
                     "ec_paramgen_curve:prime256v1", "-days", "3650", "-subj", f"/CN=made-up {name}", "-keyout", f"{name}.key",
                     "-out", f"{name}.crt", "-addext", "basicConstraints=critical,CA:TRUE")

    def sign(self, name, authority, names, when):
        self.openssl("req", "-new", "-config", "openssl.cnf", "-noenc", "-newkey", "ec", "-pkeyopt",
                     "ec_paramgen_curve:prime256v1", "-subj", f"/CN=made-up {name}", "-keyout", f"{name}.key",
                     "-out", f"{name}.csr", "-addext", f"subjectAltName={names}")
        self.openssl("ca", "-batch", "-config", "openssl.cnf", "-cert", f"{authority}.crt", "-keyfile", f"{authority}.key",
                     "-in", f"{name}.csr", "-out", f"{name}.crt", "-notext", *when)

    def pair(self, name):
        return self.folder / f"{name}.crt", self.folder / f"{name}.key"
