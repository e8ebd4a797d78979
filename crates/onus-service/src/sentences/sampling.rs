//! What is said of a draw.

use onus_query::sample::{Seed, SeedOrigin};

/// How far the draw depends on the ledger's keeper. A checkpoint that was given was somewhere else before the draw.
pub(crate) fn independence(seed: &Seed, is_published: bool) -> &'static str {
    match seed.origin() {
        SeedOrigin::Public if !is_published => {
            "not independent of the operator: no published checkpoint was named, and the operator chose when to draw"
        }
        SeedOrigin::Public => {
            "independent of the operator if the public value was unknown to all when the checkpoint was published"
        }
        SeedOrigin::Checkpoint => {
            "not independent of the operator: no public value later than the checkpoint was given"
        }
        SeedOrigin::Stated => {
            "not independent of the operator, unless the seed was chosen by somebody else after the checkpoint was published"
        }
    }
}
