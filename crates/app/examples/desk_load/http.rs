//! As much of HTTP/1.1 as a browser needs that talks to one desk on this machine.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Longest wait for an answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// A browser: one connection, kept open.
pub(crate) struct Browser {
    port: u16,
    cookie: String,
    connection: Option<BufReader<TcpStream>>,
}

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Where it leads.
    pub(crate) location: String,
    /// The cookie that it sets, `name=value`.
    cookie: Option<String>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl Browser {
    /// A browser that holds the token of a session with the desk at this port.
    pub(crate) fn new(port: u16, token: &str) -> Self {
        Self { port, cookie: format!("tallyproof-{port}={token}"), connection: None }
    }

    pub(crate) fn get(&mut self, path: &str) -> io::Result<Answer> {
        self.ask("GET", path, "", None)
    }

    /// Sends a form.
    pub(crate) fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> io::Result<Answer> {
        let coded = |text: &str| {
            let byte = |b: u8| {
                if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") }
            };
            text.bytes().map(byte).collect::<String>()
        };
        let pairs: Vec<String> =
            fields.iter().map(|(name, value)| format!("{}={}", coded(name), coded(value))).collect();
        self.ask(
            "POST",
            path,
            "Content-Type: application/x-www-form-urlencoded\r\n",
            Some(pairs.join("&").as_bytes()),
        )
    }

    /// Sends a form with files, as a page does that takes several.
    pub(crate) fn send_files(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        files: &[(&str, &[u8])],
    ) -> io::Result<Answer> {
        let mut body = Vec::new();
        for (name, text) in fields {
            body.extend_from_slice(
                format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n")
                    .as_bytes(),
            );
        }
        for (name, bytes) in files {
            let head = format!(
                "--B\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\
                 Content-Type: image/jpeg\r\n\r\n"
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--B--\r\n");
        self.ask("POST", path, "Content-Type: multipart/form-data; boundary=B\r\n", Some(&body))
    }

    /// Sends a file as a program does, by a token; or asks as one where there is none.
    pub(crate) fn as_program(&mut self, path: &str, token: &str, file: Option<&[u8]>) -> io::Result<Answer> {
        let method = if file.is_some() { "PUT" } else { "GET" };
        self.ask(method, path, &format!("Authorization: Bearer {token}\r\n"), file)
    }

    fn ask(&mut self, method: &str, path: &str, more: &str, body: Option<&[u8]>) -> io::Result<Answer> {
        let was_open = self.connection.is_some();
        let answer = self.ask_again(was_open, method, path, more, body)?;
        if let Some(cookie) = &answer.cookie {
            self.cookie.clone_from(cookie);
        }
        Ok(answer)
    }

    fn ask_again(
        &mut self,
        was_open: bool,
        method: &str,
        path: &str,
        more: &str,
        body: Option<&[u8]>,
    ) -> io::Result<Answer> {
        match self.ask_once(method, path, more, body) {
            // The desk closed a connection that was idle: what only looks is asked once more. What does something is
            // not, since nobody knows whether it was done.
            Err(_) if was_open && method == "GET" => {
                self.connection = None;
                self.ask_once(method, path, more, body)
            }
            Err(error) => {
                self.connection = None;
                Err(error)
            }
            answer => answer,
        }
    }

    fn ask_once(&mut self, method: &str, path: &str, more: &str, body: Option<&[u8]>) -> io::Result<Answer> {
        if self.connection.is_none() {
            let stream = TcpStream::connect(("127.0.0.1", self.port))?;
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            stream.set_write_timeout(Some(PATIENCE))?;
            self.connection = Some(BufReader::new(stream));
        }
        let connection = self.connection.as_mut().ok_or(io::ErrorKind::NotConnected)?;
        let length = body.map_or_else(String::new, |body| format!("Content-Length: {}\r\n", body.len()));
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nCookie: {}\r\n{more}{length}\r\n",
            self.port, self.cookie
        );
        let stream = connection.get_mut();
        stream.write_all(&[head.as_bytes(), body.unwrap_or_default()].concat())?;
        let (answer, closes) = read_answer(connection)?;
        if closes {
            self.connection = None;
        }
        Ok(answer)
    }
}

/// Reads an answer, and whether the connection ends with it.
fn read_answer(from: &mut BufReader<TcpStream>) -> io::Result<(Answer, bool)> {
    let bad = || io::Error::from(io::ErrorKind::InvalidData);
    let line = |from: &mut BufReader<TcpStream>| -> io::Result<String> {
        let mut line = String::new();
        if from.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim_end().to_owned())
    };
    let status = line(from)?.split(' ').nth(1).and_then(|code| code.parse().ok()).ok_or_else(bad)?;
    let (mut length, mut chunked, mut closes) = (0usize, false, false);
    let (mut location, mut cookie) = (String::new(), None);
    loop {
        let header = line(from)?;
        if header.is_empty() {
            break;
        }
        let (name, value) = header.split_once(':').ok_or_else(bad)?;
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().map_err(|_| bad())?,
            "location" => location = value.trim().to_owned(),
            "set-cookie" => cookie = value.trim().split(';').next().map(str::to_owned),
            "transfer-encoding" => chunked = value.trim().eq_ignore_ascii_case("chunked"),
            "connection" => closes = value.trim().eq_ignore_ascii_case("close"),
            _ => {}
        }
    }
    let mut body = Vec::new();
    if chunked {
        loop {
            let n = usize::from_str_radix(line(from)?.split(';').next().unwrap_or_default(), 16)
                .map_err(|_| bad())?;
            let from_here = body.len();
            body.resize(from_here + n, 0);
            from.read_exact(&mut body[from_here..])?;
            line(from)?;
            if n == 0 {
                break;
            }
        }
    } else {
        body.resize(length, 0);
        from.read_exact(&mut body)?;
    }
    Ok((Answer { status, location, cookie, body }, closes))
}
