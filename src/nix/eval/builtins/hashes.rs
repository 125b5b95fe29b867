//! Hashes, and what is made of them.

use crate::nix::eval::unknown::{ErrorKind, Stop};
use crate::nix::eval::value::{Origin, Val, Value};
use crate::nix::eval::{Builtin, Evaluator};
use sha2::Digest;

/// The digits of Nix's own notation of hashes: without `e`, `o`, `t` and `u`.
pub(super) const BASE32: &[u8; 32] = b"0123456789abcdfghijklmnpqrsvwxyz";

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The builtins of this subject.
pub(super) static TABLE: &[Builtin] = &[
    Builtin {
        name: "hashString",
        arity: 2,
        run: |evaluator, arguments, origin| {
            let algorithm = evaluator.plain_text(&arguments[0], origin)?;
            let algorithm = algorithm_of(evaluator, &algorithm, origin)?;
            let text = evaluator.string(&arguments[1], origin)?.known()?;
            hashed(evaluator, algorithm, text.as_bytes(), origin)
        },
    },
    Builtin {
        name: "hashFile",
        arity: 2,
        run: |evaluator, arguments, origin| {
            let algorithm = evaluator.plain_text(&arguments[0], origin)?;
            let algorithm = algorithm_of(evaluator, &algorithm, origin)?;
            let text = super::files::contents(evaluator, &arguments[1], origin)?;
            hashed(evaluator, algorithm, text.as_bytes(), origin)
        },
    },
    Builtin {
        name: "convertHash",
        arity: 1,
        run: |evaluator, arguments, origin| {
            let given = evaluator.attrs(&arguments[0], origin)?;
            let mut texts = Vec::new();
            for name in ["hash", "hashAlgo", "toHashFormat"] {
                let text = match evaluator.optional_attribute(&given, name)? {
                    Some(attr) => Some(evaluator.plain_text(&attr, origin)?),
                    None if name == "hashAlgo" => None,
                    None => {
                        let name = crate::nix::symbol::Symbol::new(name);
                        return Err(evaluator.missing_attribute(&given, name, origin));
                    }
                };
                texts.push(text);
            }
            let [Some(hash), named, Some(format)] = texts.as_slice() else {
                return Err(evaluator.limit("an attribute of a hash is not there"));
            };
            let named = match named {
                Some(name) => Some(algorithm_of(evaluator, name, origin)?),
                None => None,
            };
            let refused = |evaluator: &Evaluator, why: String| {
                Err(evaluator.error(ErrorKind::Other, why, origin))
            };
            let Some((algorithm, bytes)) = parse(hash, named) else {
                return refused(evaluator, format!("`{hash}` is no hash of a known kind"));
            };
            let text = match &**format {
                "base16" => base16(&bytes),
                "base32" | "nix32" => nix32(&bytes),
                "base64" => base64(&bytes),
                "sri" => format!("{}-{}", algorithm.name(), base64(&bytes)),
                other => return refused(evaluator, format!("`{other}` is no notation of hashes")),
            };
            Ok(Val::new(Val::string(&text).value, origin.clone()))
        },
    },
    Builtin {
        name: "placeholder",
        arity: 1,
        run: |evaluator, arguments, origin| {
            let output = evaluator.plain_text(&arguments[0], origin)?;
            let hash = sha2::Sha256::digest(format!("nix-output:{output}").as_bytes());
            let text = format!("/{}", nix32(&hash));
            Ok(Val::new(Val::string(&text).value, origin.clone()))
        },
    },
];

/// An algorithm that Nix knows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Algorithm {
    Md5,
    Sha1,
    Sha256,
    Sha512,
    /// Behind an experimental feature of Nix.
    Blake3,
}

impl Algorithm {
    fn named(name: &str) -> Option<Algorithm> {
        Some(match name {
            "md5" => Algorithm::Md5,
            "sha1" => Algorithm::Sha1,
            "sha256" => Algorithm::Sha256,
            "sha512" => Algorithm::Sha512,
            "blake3" => Algorithm::Blake3,
            _ => return None,
        })
    }

    fn name(self) -> &'static str {
        match self {
            Algorithm::Md5 => "md5",
            Algorithm::Sha1 => "sha1",
            Algorithm::Sha256 => "sha256",
            Algorithm::Sha512 => "sha512",
            Algorithm::Blake3 => "blake3",
        }
    }

    /// Bytes of a hash.
    fn length(self) -> usize {
        match self {
            Algorithm::Md5 => 16,
            Algorithm::Sha1 => 20,
            Algorithm::Sha256 | Algorithm::Blake3 => 32,
            Algorithm::Sha512 => 64,
        }
    }
}

fn algorithm_of(evaluator: &Evaluator, name: &str, origin: &Origin) -> Result<Algorithm, Stop> {
    Algorithm::named(name).ok_or_else(|| {
        let message = format!("`{name}` is no hash algorithm");
        evaluator.error(ErrorKind::Other, message, origin)
    })
}

fn hashed(
    evaluator: &mut Evaluator,
    algorithm: Algorithm,
    bytes: &[u8],
    origin: &Origin,
) -> Result<Val, Stop> {
    evaluator.step(bytes.len() as u64 / 64)?;
    let hash = match algorithm {
        Algorithm::Md5 => md5::Md5::digest(bytes).to_vec(),
        Algorithm::Sha1 => sha1::Sha1::digest(bytes).to_vec(),
        Algorithm::Sha256 => sha2::Sha256::digest(bytes).to_vec(),
        Algorithm::Sha512 => sha2::Sha512::digest(bytes).to_vec(),
        Algorithm::Blake3 => {
            let reason = "BLAKE3 hashes are an experimental feature of Nix";
            return Err(Stop::Unknown(evaluator.unknown(reason, None, origin.span)));
        }
    };
    Ok(Val::new(
        Value::String(crate::nix::eval::value::NixString::plain(
            base16(&hash),
            origin.clone(),
        )),
        origin.clone(),
    ))
}

/// Reads a hash in any notation: with its algorithm in front (`sha256:...`, `sha256-...`), or without where that is given.
fn parse(text: &str, named: Option<Algorithm>) -> Option<(Algorithm, Vec<u8>)> {
    let (prefix, rest, is_sri) = match (text.split_once(':'), text.split_once('-')) {
        (Some((prefix, rest)), _) => (Some(prefix), rest, false),
        (None, Some((prefix, rest))) => (Some(prefix), rest, true),
        (None, None) => (None, text, false),
    };
    let algorithm = match prefix {
        Some(prefix) => {
            let written = Algorithm::named(prefix)?;
            if named.is_some_and(|named| named != written) {
                return None;
            }
            written
        }
        None => named?,
    };
    let length = algorithm.length();
    let bytes = if !is_sri && rest.len() == length * 2 {
        from_base16(rest)
    } else if !is_sri && rest.len() == length32(length) {
        from_nix32(rest, length)
    } else if is_sri || rest.len() == length.div_ceil(3) * 4 {
        from_base64(rest)
    } else {
        None
    }?;
    (bytes.len() == length).then_some((algorithm, bytes))
}

fn base16(bytes: &[u8]) -> String {
    let digit = |digit: u8| char::from(b"0123456789abcdef"[usize::from(digit)]);
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

fn from_base16(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = text.chars().map(|digit| digit.to_digit(16)).collect();
    Some(
        digits?
            .chunks(2)
            .map(|pair| (pair[0] << 4 | pair.get(1).copied().unwrap_or(0)) as u8)
            .collect(),
    )
}

/// Digits of a hash of so many bytes in Nix's notation.
fn length32(bytes: usize) -> usize {
    (bytes * 8).div_ceil(5)
}

/// Nix's notation: base 32, the least significant digit last, of the bytes as a number with the least significant first.
fn nix32(bytes: &[u8]) -> String {
    (0..length32(bytes.len()))
        .rev()
        .map(|place| {
            let (byte, shift) = (place * 5 / 8, place * 5 % 8);
            let low = u32::from(bytes[byte]) >> shift;
            let high = u32::from(bytes.get(byte + 1).copied().unwrap_or(0)) << (8 - shift);
            char::from(BASE32[((low | high) & 31) as usize])
        })
        .collect()
}

fn from_nix32(text: &str, length: usize) -> Option<Vec<u8>> {
    let mut bytes = vec![0u8; length];
    for (place, digit) in text.bytes().rev().enumerate() {
        let digit = BASE32.iter().position(|known| *known == digit)? as u32;
        let (byte, shift) = (place * 5 / 8, place * 5 % 8);
        let shifted = digit << shift;
        bytes[byte] |= shifted as u8;
        let high = (shifted >> 8) as u8;
        match bytes.get_mut(byte + 1) {
            Some(next) => *next |= high,
            None if high != 0 => return None,
            None => {}
        }
    }
    Some(bytes)
}

fn base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let number = chunk
            .iter()
            .chain([0, 0].iter())
            .take(3)
            .fold(0u32, |number, byte| number << 8 | u32::from(*byte));
        for place in 0..4 {
            text.push(match place <= chunk.len() {
                true => char::from(BASE64[(number >> (18 - 6 * place) & 63) as usize]),
                false => '=',
            });
        }
    }
    text
}

fn from_base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut number, mut bits) = (0u32, 0);
    for byte in text.bytes() {
        if byte == b'=' {
            break;
        }
        let digit = BASE64.iter().position(|known| *known == byte)? as u32;
        number = number << 6 | digit;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((number >> bits) as u8);
            number &= (1 << bits) - 1;
        }
    }
    Some(bytes)
}
