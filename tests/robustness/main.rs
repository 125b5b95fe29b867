//! Hard to break: what holds for every input, shown on the inputs that a fuzzer kept, on those that once broke it,
//! and on real files that were cut up.

mod inputs;
mod invariants;
mod mutations;
mod planted_faults;
mod replay;
mod reports;
