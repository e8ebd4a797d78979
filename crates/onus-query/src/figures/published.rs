//! A report as it may be published: every figure of all incidents and of each group, small numbers hidden where a limit
//! is given.
//!
//! Promise: what is hidden cannot be worked out from what is not (`suppress`), be it a group, the whole, the number of
//! incidents or a saving.

use super::suppress::hidden;
use super::{Dimension, Figure, Figures, Metric, Report, Saved};

/// One figure of one group, as far as it may be published.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Published<'a> {
    /// By what the group is formed; `None` for all incidents together.
    pub dimension: Option<Dimension>,
    /// The group; `all` for all incidents together.
    pub group: &'a str,
    /// Of what it is a figure.
    pub metric: Metric,
    /// The figure; `None` where it is hidden.
    pub figure: Option<&'a Figure>,
}

impl Report {
    /// Every figure: of each metric first that of all incidents, then those of each group. Numbers from 1 up to the limit,
    /// and those from which they could be worked out, are hidden.
    #[must_use]
    pub fn published(&self, limit: Option<u64>) -> Vec<Published<'_>> {
        self.total.iter().flat_map(|(metric, total)| self.published_of(metric, total, limit)).collect()
    }

    fn published_of<'a>(
        &'a self,
        metric: Metric,
        total: &'a Figure,
        limit: Option<u64>,
    ) -> Vec<Published<'a>> {
        let whole = Published { dimension: None, group: "all", metric, figure: Some(total) };
        let mut published = vec![whole];
        let mut whole_is_hidden = false;
        for dimension in Dimension::ALL {
            let groups: Vec<(&str, &Figure)> = self
                .groups
                .iter()
                .filter(|((of, _), _)| of == dimension)
                .filter_map(|((_, group), figures)| Some((group.as_str(), Figures::of(figures, metric)?)))
                .collect();
            let figures: Vec<&Figure> = groups.iter().map(|(_, figure)| *figure).collect();
            let hide = match limit {
                None => Some(vec![false; figures.len()]),
                Some(limit) => hidden(total, &figures, limit),
            };
            whole_is_hidden |= hide.is_none();
            let hide = hide.unwrap_or_else(|| vec![true; figures.len()]);
            published.extend(groups.into_iter().zip(hide).map(|((group, figure), hide)| Published {
                dimension: Some(*dimension),
                group,
                metric,
                figure: (!hide).then_some(figure),
            }));
        }
        if whole_is_hidden {
            // Groups that add up to the whole would give it away.
            for one in &mut published {
                one.figure = None;
            }
        }
        published
    }

    /// How many incidents there are; `None` where that is a small number.
    #[must_use]
    pub fn published_incidents(&self, limit: Option<u64>) -> Option<u64> {
        (self.incidents == 0 || self.incidents >= limit.unwrap_or(0)).then_some(self.incidents)
    }
}

impl Saved {
    /// What was saved between two reports; `None` where a count of which it is a difference is hidden.
    #[must_use]
    pub fn published(self, reports: [&Report; 2], limit: Option<u64>) -> Option<Self> {
        let is_whole = |metric: Metric| {
            reports.iter().all(|report| {
                let of_all = report.published(limit).into_iter().filter(|one| one.dimension.is_none());
                of_all.filter(|one| one.metric == metric).all(|one| one.figure.is_some())
            })
        };
        (is_whole(Metric::DeploymentRate) && is_whole(Metric::OfficerHours)).then_some(self)
    }
}
