//! A certificate authority that lives as long as a test, and what it signs: one certificate for all pretended hosts.

use openssl::asn1::Asn1Time;
use openssl::bn::{BigNum, MsbOption};
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::x509::extension::{BasicConstraints, KeyUsage, SubjectAlternativeName};
use openssl::x509::{X509, X509Builder, X509Name, X509NameRef};
use tokio_native_tls::native_tls::Identity;

pub(crate) struct Authority {
    certificate: X509,
    key: PKey<Private>,
}

impl Authority {
    /// Nobody trusts it but who is told to.
    pub(crate) fn new() -> Self {
        let (key, name) = (key(), name("A test's authority"));
        let mut builder = draft(&name, &name, &key);
        let limits = BasicConstraints::new().critical().ca().build().unwrap();
        builder.append_extension(limits).unwrap();
        let usage = KeyUsage::new().critical().key_cert_sign().build().unwrap();
        builder.append_extension(usage).unwrap();
        builder.sign(&key, MessageDigest::sha256()).unwrap();
        let certificate = builder.build();
        Self { certificate, key }
    }

    /// For `SSL_CERT_FILE`.
    pub(crate) fn certificate(&self) -> Vec<u8> {
        self.certificate.to_pem().unwrap()
    }

    /// What a server needs to be believed under a name and an address.
    pub(crate) fn vouch_for(&self, host: &str, address: &str) -> Identity {
        let key = key();
        let mut builder = draft(self.certificate.subject_name(), &name(host), &key);
        let mut names = SubjectAlternativeName::new();
        let context = builder.x509v3_context(Some(&self.certificate), None);
        let names = names.dns(host).ip(address).build(&context).unwrap();
        builder.append_extension(names).unwrap();
        builder.sign(&self.key, MessageDigest::sha256()).unwrap();
        let key = key.private_key_to_pem_pkcs8().unwrap();
        Identity::from_pkcs8(&builder.build().to_pem().unwrap(), &key).unwrap()
    }
}

fn key() -> PKey<Private> {
    let curve = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    PKey::from_ec_key(EcKey::generate(&curve).unwrap()).unwrap()
}

fn name(common: &str) -> X509Name {
    let mut name = X509Name::builder().unwrap();
    name.append_entry_by_nid(Nid::COMMONNAME, common).unwrap();
    name.build()
}

/// From yesterday to tomorrow, with a number that nobody else has.
fn draft(issuer: &X509NameRef, subject: &X509NameRef, key: &PKey<Private>) -> X509Builder {
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    let mut serial = BigNum::new().unwrap();
    serial.rand(127, MsbOption::MAYBE_ZERO, false).unwrap();
    let serial = serial.to_asn1_integer().unwrap();
    builder.set_serial_number(&serial).unwrap();
    builder.set_issuer_name(issuer).unwrap();
    builder.set_subject_name(subject).unwrap();
    builder.set_pubkey(key).unwrap();
    let now = jiff::Timestamp::now().as_second();
    let (from, until) = (now - 86_400, now + 86_400);
    let (from, until) = (Asn1Time::from_unix(from), Asn1Time::from_unix(until));
    builder.set_not_before(&from.unwrap()).unwrap();
    builder.set_not_after(&until.unwrap()).unwrap();
    builder
}
