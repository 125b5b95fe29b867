//! Floats as text, as Nix writes them.

/// With six significant digits, as C's `%g`: how Nix prints a value, and in XML.
pub fn general(float: f64) -> String {
    if !float.is_finite() {
        return not_finite(float).to_string();
    }
    if float == 0.0 {
        return if float.is_sign_negative() { "-0" } else { "0" }.to_string();
    }
    let scientific = format!("{float:.5e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let trimmed = |text: &str| -> String {
        if text.contains('.') {
            text.trim_end_matches('0').trim_end_matches('.').to_string()
        } else {
            text.to_string()
        }
    };
    if (-4..6).contains(&exponent) {
        let decimals = (5 - exponent) as usize;
        trimmed(&format!("{float:.decimals$}"))
    } else {
        let sign = if exponent < 0 { '-' } else { '+' };
        format!("{}e{sign}{:02}", trimmed(digits), exponent.abs())
    }
}

/// With six decimals, as C's `%f`: what `toString` makes of it.
pub fn fixed(float: f64) -> String {
    if float.is_finite() {
        format!("{float:.6}")
    } else {
        not_finite(float).to_string()
    }
}

fn not_finite(float: f64) -> &'static str {
    match (float.is_nan(), float.is_sign_negative()) {
        (true, true) => "-nan",
        (true, false) => "nan",
        (false, true) => "-inf",
        (false, false) => "inf",
    }
}

/// With as many digits as it takes, as the JSON library of Nix (nlohmann's) writes it; `null` for what JSON has no number
/// for. That library goes by Grisu2 (Loitsch 2010), whose result always reads back as the same number and is the shortest
/// such text nearly always: so the digits have to be found in just that way.
pub fn json(float: f64) -> String {
    if !float.is_finite() {
        return "null".to_string();
    }
    let sign = if float.is_sign_negative() { "-" } else { "" };
    if float == 0.0 {
        return format!("{sign}0.0");
    }
    let (digits, exponent) = grisu(float.abs());
    let count = digits.len() as i32;
    // Where the point stands, from the left.
    let point = count + exponent;
    let text = if count <= point && point <= 15 {
        format!("{digits}{}.0", "0".repeat((point - count) as usize))
    } else if 0 < point && point <= 15 {
        let (before, after) = digits.split_at(point as usize);
        format!("{before}.{after}")
    } else if -4 < point && point <= 0 {
        format!("0.{}{digits}", "0".repeat(-point as usize))
    } else {
        let (first, rest) = digits.split_at(1);
        let rest = if rest.is_empty() {
            String::new()
        } else {
            format!(".{rest}")
        };
        let power = point - 1;
        let sign = if power < 0 { '-' } else { '+' };
        format!("{first}{rest}e{sign}{:02}", power.abs())
    };
    format!("{sign}{text}")
}

/// A number as significand times a power of two.
#[derive(Clone, Copy)]
struct Scaled {
    significand: u64,
    exponent: i32,
}

impl Scaled {
    fn normalized(self) -> Scaled {
        let shift = self.significand.leading_zeros();
        Scaled {
            significand: self.significand << shift,
            exponent: self.exponent - shift as i32,
        }
    }

    /// The upper half of the product, rounded.
    fn times(self, other: Scaled) -> Scaled {
        let product = u128::from(self.significand) * u128::from(other.significand);
        Scaled {
            significand: ((product + (1 << 63)) >> 64) as u64,
            exponent: self.exponent + other.exponent + 64,
        }
    }
}

/// The digits of a positive number, and the power of ten that they are to be multiplied with.
fn grisu(float: f64) -> (String, i32) {
    let bits = float.to_bits();
    let (fraction, biased) = (bits & ((1 << 52) - 1), (bits >> 52) as i32);
    let value = match biased {
        0 => Scaled {
            significand: fraction,
            exponent: -1074,
        },
        _ => Scaled {
            significand: fraction | 1 << 52,
            exponent: biased - 1075,
        },
    };
    // Half way to the neighbours; the lower one is nearer at a power of two.
    let upper = Scaled {
        significand: 2 * value.significand + 1,
        exponent: value.exponent - 1,
    }
    .normalized();
    let nearer = fraction == 0 && biased > 1;
    let (below, exponent) = match nearer {
        true => (4 * value.significand - 1, value.exponent - 2),
        false => (2 * value.significand - 1, value.exponent - 1),
    };
    let lower = Scaled {
        significand: below << (exponent - upper.exponent),
        exponent: upper.exponent,
    };
    let (power, ten) = power_for(upper.exponent);
    let middle = value.normalized().times(power);
    let lower = lower.times(power).significand + 1;
    let upper = upper.times(power);
    digits_between(
        lower,
        middle.significand,
        upper.significand - 1,
        upper.exponent,
        -ten,
    )
}

/// Generates digits until the rest lies between the bounds.
fn digits_between(
    lower: u64,
    middle: u64,
    upper: u64,
    exponent: i32,
    mut ten: i32,
) -> (String, i32) {
    let shift = -exponent as u32;
    let one = 1u64 << shift;
    let (mut delta, mut distance) = (upper - lower, upper - middle);
    let (mut whole, mut rest) = (upper >> shift, upper & (one - 1));
    let mut digits: Vec<u8> = Vec::with_capacity(17);
    let mut left = whole.checked_ilog10().map_or(1, |log| log + 1);
    let mut power = 10u64.pow(left - 1);
    loop {
        digits.push((whole / power) as u8);
        whole %= power;
        left -= 1;
        let remaining = (whole << shift) + rest;
        if remaining <= delta {
            ten += left as i32;
            round(&mut digits, distance, delta, remaining, power << shift);
            break;
        }
        if left == 0 {
            loop {
                rest *= 10;
                digits.push((rest >> shift) as u8);
                rest &= one - 1;
                ten -= 1;
                delta *= 10;
                distance *= 10;
                if rest <= delta {
                    break;
                }
            }
            round(&mut digits, distance, delta, rest, one);
            break;
        }
        power /= 10;
    }
    let text = digits
        .iter()
        .map(|digit| char::from(b'0' + digit))
        .collect();
    (text, ten)
}

/// Takes the last digit down towards the number itself.
fn round(digits: &mut [u8], distance: u64, delta: u64, mut rest: u64, unit: u64) {
    while rest < distance
        && delta - rest >= unit
        && (rest + unit < distance || distance - rest > rest + unit - distance)
    {
        if let Some(last) = digits.last_mut() {
            *last -= 1;
        }
        rest += unit;
    }
}

/// The power of ten (of every eighth) that brings a number with this exponent into reach, and its exponent.
fn power_for(exponent: i32) -> (Scaled, i32) {
    let wanted = -60 - exponent - 1;
    let least = wanted * 78_913 / (1 << 18) + i32::from(wanted > 0);
    let ten = -300 + (300 + least + 7) / 8 * 8;
    (power_of_ten(ten), ten)
}

/// Ten to a power, to 64 bits. Worked out when needed rather than kept in a table.
fn power_of_ten(ten: i32) -> Scaled {
    // A number of 40 words, the most significant first, with an exponent: far more than the 64 bits that count.
    let mut words = [0u32; 40];
    let mut exponent = 0i32;
    words[0] = 1;
    for _ in 0..ten.unsigned_abs() {
        if ten > 0 {
            let mut carry = 0u64;
            for word in words.iter_mut().rev() {
                let product = u64::from(*word) * 10 + carry;
                *word = product as u32;
                carry = product >> 32;
            }
            if carry > 0 {
                words.rotate_right(1);
                words[0] = carry as u32;
                exponent += 32;
            }
        } else {
            let mut remainder = 0u64;
            for word in &mut words {
                let dividend = remainder << 32 | u64::from(*word);
                *word = (dividend / 10) as u32;
                remainder = dividend % 10;
            }
            if words[0] == 0 {
                words.rotate_left(1);
                exponent -= 32;
            }
        }
    }
    let top = u128::from(words[0]) << 96
        | u128::from(words[1]) << 64
        | u128::from(words[2]) << 32
        | u128::from(words[3]);
    // The first word is the whole part.
    let shift = top.leading_zeros();
    let normalized = top << shift;
    let rounded = (normalized >> 64) + (normalized >> 63 & 1);
    Scaled {
        significand: rounded as u64,
        exponent: exponent - shift as i32 - 32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_printed_as_c_does() {
        for (float, text) in [
            (1.0, "1"),
            (0.1, "0.1"),
            (-2.5, "-2.5"),
            (2.345678901, "2.34568"),
            (1e6, "1e+06"),
            (123456.7, "123457"),
            (999999.5, "1e+06"),
            (1e-5, "1e-05"),
            (0.0001, "0.0001"),
            (1.5e300, "1.5e+300"),
            (0.0, "0"),
            (-0.0, "-0"),
            (f64::INFINITY, "inf"),
        ] {
            assert_eq!(general(float), text);
        }
    }

    // From `builtins.toJSON` of Nix 2.34.
    #[test]
    fn floats_in_json_are_those_of_nix() {
        for (float, text) in [
            (1.0, "1.0"),
            (0.1, "0.1"),
            (100.0, "100.0"),
            (1e15, "1e+15"),
            (123456789012345.0, "123456789012345.0"),
            (1e-5, "1e-05"),
            (0.0001, "0.0001"),
            (1.5e300, "1.5e+300"),
            (1.0 / 3.0, "0.3333333333333333"),
            (1.0 / 3567.0, "0.00028034763106251753"),
            (1.0 / 3767.0, "0.00026546323334218213"),
            (f64::NAN, "null"),
            (-0.0, "-0.0"),
            (5e-324, "5e-324"),
            (f64::MAX, "1.7976931348623157e+308"),
        ] {
            assert_eq!(json(float), text);
        }
    }

    #[test]
    fn what_is_written_reads_back_as_the_same() {
        let mut bits = 0x0123_4567_89ab_cdefu64;
        for _ in 0..20_000 {
            bits ^= bits << 13;
            bits ^= bits >> 7;
            bits ^= bits << 17;
            let float = f64::from_bits(bits);
            if float.is_finite() {
                assert_eq!(json(float).parse::<f64>(), Ok(float), "{bits:x}");
            }
        }
    }
}
