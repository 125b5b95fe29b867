//! Numbers and comparisons.

use crate::nix::eval::Builtin;
use crate::nix::eval::unknown::ErrorKind;
use crate::nix::eval::value::{Val, Value};
use crate::nix::syntax::ast::BinaryOperator;

macro_rules! arithmetic {
    ($name:literal, $operator:expr) => {
        Builtin {
            name: $name,
            arity: 2,
            run: |evaluator, arguments, origin| {
                let left = evaluator.force(&arguments[0])?;
                let right = evaluator.force(&arguments[1])?;
                let value = evaluator.arithmetic($operator, &left.value, &right.value, origin)?;
                Ok(Val::new(value, origin.clone()))
            },
        }
    };
}

macro_rules! bitwise {
    ($name:literal, $operator:expr) => {
        Builtin {
            name: $name,
            arity: 2,
            run: |evaluator, arguments, origin| {
                let left = evaluator.integer(&arguments[0], origin)?;
                let right = evaluator.integer(&arguments[1], origin)?;
                let operator: fn(i64, i64) -> i64 = $operator;
                Ok(Val::new(Value::Int(operator(left, right)), origin.clone()))
            },
        }
    };
}

macro_rules! rounding {
    ($name:literal, $operator:expr) => {
        Builtin {
            name: $name,
            arity: 1,
            run: |evaluator, arguments, origin| {
                let value = evaluator.force(&arguments[0])?;
                let rounded = match value.value {
                    // Nix goes through a float here and refuses what that changes.
                    Value::Int(integer) => {
                        let float = integer as f64;
                        if float >= 9.223_372_036_854_776e18 || float as i64 != integer {
                            return Err(evaluator.error(
                                ErrorKind::Arithmetic,
                                "Nix refuses to round an integer that a float cannot hold exactly",
                                origin,
                            ));
                        }
                        integer
                    }
                    Value::Float(float) => {
                        let operator: fn(f64) -> f64 = $operator;
                        let rounded = operator(float);
                        // Bounds of i64 as floats: the upper one is 2^63, which does not fit.
                        if !(-9.223_372_036_854_776e18..9.223_372_036_854_776e18).contains(&rounded)
                        {
                            return Err(evaluator.error(
                                ErrorKind::Arithmetic,
                                "the result does not fit 64 bits",
                                origin,
                            ));
                        }
                        rounded as i64
                    }
                    other => return Err(evaluator.type_error(&other, "a number", origin)),
                };
                Ok(Val::new(Value::Int(rounded), origin.clone()))
            },
        }
    };
}

/// The builtins of this subject.
pub(super) static TABLE: &[Builtin] = &[
    arithmetic!("add", BinaryOperator::Add),
    arithmetic!("sub", BinaryOperator::Subtract),
    arithmetic!("mul", BinaryOperator::Multiply),
    arithmetic!("div", BinaryOperator::Divide),
    bitwise!("bitAnd", |left, right| left & right),
    bitwise!("bitOr", |left, right| left | right),
    bitwise!("bitXor", |left, right| left ^ right),
    rounding!("ceil", f64::ceil),
    rounding!("floor", f64::floor),
    Builtin {
        name: "lessThan",
        arity: 2,
        run: |evaluator, arguments, origin| {
            let left = evaluator.force(&arguments[0])?;
            let right = evaluator.force(&arguments[1])?;
            let less = evaluator.less(&left, &right, origin)?;
            Ok(Val::new(Value::Bool(less), origin.clone()))
        },
    },
    Builtin {
        name: "isInt",
        arity: 1,
        run: |evaluator, arguments, origin| {
            super::core::is(evaluator, arguments, origin, |value| {
                matches!(value, Value::Int(_))
            })
        },
    },
    Builtin {
        name: "isFloat",
        arity: 1,
        run: |evaluator, arguments, origin| {
            super::core::is(evaluator, arguments, origin, |value| {
                matches!(value, Value::Float(_))
            })
        },
    },
    Builtin {
        name: "isBool",
        arity: 1,
        run: |evaluator, arguments, origin| {
            super::core::is(evaluator, arguments, origin, |value| {
                matches!(value, Value::Bool(_))
            })
        },
    },
];
