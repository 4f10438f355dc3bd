//! A TLS server with a certificate that nobody vouches for.

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection};
use std::io::Read;
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;

/// Made for this test and used nowhere else; it runs out in a hundred years.
const CERTIFICATE: &str = "\
-----BEGIN CERTIFICATE-----
MIIBqDCCAU2gAwIBAgIUX6IQGspQVD20bmKdf3jm/RzOLWowCgYIKoZIzj0EAwIw
GjEYMBYGA1UEAwwPbm9ib2R5J3Mgc2VydmVyMCAXDTI2MTEyNDAwMDU0M1oYDzIx
MjYxMDMxMDAwNTQzWjAaMRgwFgYDVQQDDA9ub2JvZHkncyBzZXJ2ZXIwWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAAQ9ib1guN8rrMp+sLC2GgGS6l9FsPPSE3AOnlf8
QFrVXsMs2/y+nsMpWos1gzEwPdyis4dQ21UkpNlXemosTSC/o28wbTAdBgNVHQ4E
FgQU35k4TG3zuMUe0SsI9XbF0vOzHWswHwYDVR0jBBgwFoAU35k4TG3zuMUe0SsI
9XbF0vOzHWswDwYDVR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SH
BH8AAAEwCgYIKoZIzj0EAwIDSQAwRgIhANY4iaSpJFrJFElzzKeQRlkExM8s/2Dp
obU3pHB4BCJtAiEA50eInq8TGLApbsarDI0dtnqJbn2RulBIZmtc039AGZg=
-----END CERTIFICATE-----
";

const KEY: &str = "\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg7nf/KhWlRTzDdZIM
+RQrwdSNf2nxySVxG6YvfVrbUeqhRANCAAQ9ib1guN8rrMp+sLC2GgGS6l9FsPPS
E3AOnlf8QFrVXsMs2/y+nsMpWos1gzEwPdyis4dQ21UkpNlXemosTSC/
-----END PRIVATE KEY-----
";

/// The port of a TLS server that takes one connection after the other and says
/// nothing over them. Its thread ends with the test.
pub fn untrusted() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let certificate = CertificateDer::from_pem_slice(CERTIFICATE.as_bytes()).unwrap();
    let key = PrivateKeyDer::from_pem_slice(KEY.as_bytes()).unwrap();
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(ring)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let config = Arc::new(config);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (Ok(mut stream), Ok(mut tls)) = (stream, ServerConnection::new(config.clone()))
            else {
                return;
            };
            let mut stream = rustls::Stream::new(&mut tls, &mut stream);
            let _some = stream.read(&mut [0; 1024]).unwrap_or(0);
        }
    });
    port
}
