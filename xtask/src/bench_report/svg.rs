//! Bars on their sides, as SVG that reads well on a light and on a dark page.

use std::fmt::{self, Write};

use unloc_bench_record::{Spread, short};

/// A chart; each panel has a scale of its own.
pub(crate) struct Chart<'a> {
    pub(crate) title: &'a str,
    /// What the bars measure, with its unit.
    pub(crate) axis: &'a str,
    pub(crate) panels: Vec<Panel<'a>>,
}

/// Bars that can be compared.
pub(crate) struct Panel<'a> {
    pub(crate) title: &'a str,
    pub(crate) bars: Vec<Bar<'a>>,
}

/// A bar as long as the median, and over its end a line from quartile to quartile.
pub(crate) struct Bar<'a> {
    pub(crate) name: &'a str,
    pub(crate) spread: Spread,
}

/// The bar that the chart is about.
const OWN: &str = "unloc";

const WIDTH: f64 = 800.0;
const LEFT: f64 = 270.0;
const PLOT: f64 = 390.0;
const BAR: f64 = 16.0;
const STEP: f64 = 24.0;

/// A page in dark is dark also where the picture is, whatever lies below it.
const STYLE: &str = "\
text { font: 13px system-ui, sans-serif; fill: #1f2328 } .title { font-size: 16px; font-weight: 600 } \
.panel { font-weight: 600 } .small { font-size: 11px } .page { fill: #ffffff } .bar { fill: #8c959f } \
.own { fill: #0969da } .grid { stroke: #d1d9e0 } .spread { stroke: #1f2328; stroke-width: 1.5 } \
@media (prefers-color-scheme: dark) { text { fill: #f0f6fc } .page { fill: #0d1117 } .bar { fill: #656c76 } \
.own { fill: #4493f8 } .grid { stroke: #3d444d } .spread { stroke: #f0f6fc } }";

impl fmt::Display for Chart<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut inside = String::new();
        let mut y = 60.0;
        for panel in &self.panels {
            y = panel.draw(&mut inside, y)?;
        }
        text(&mut inside, "small", "middle", (LEFT + PLOT / 2.0, y + 2.0), self.axis)?;
        let height = y + 18.0;
        writeln!(
            f,
            r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img">"#
        )?;
        writeln!(f, "<title>{}</title>\n<style>{STYLE}</style>", escaped(self.title))?;
        writeln!(f, r#"<rect class="page" width="{WIDTH}" height="{height}"/>"#)?;
        let mut head = String::new();
        text(&mut head, "title", "start", (16.0, 28.0), self.title)?;
        writeln!(f, "{head}{inside}</svg>")
    }
}

impl Panel<'_> {
    /// Draws it from this height down, and says where it ends.
    fn draw(&self, out: &mut String, top: f64) -> Result<f64, fmt::Error> {
        let mut y = top;
        if !self.title.is_empty() {
            text(out, "panel", "start", (16.0, y), self.title)?;
            y += 12.0;
        }
        let most = self.bars.iter().map(Bar::most).filter(|most| most.is_finite()).fold(0.0, f64::max);
        let step = nice(most / 4.0);
        let ticks = (most / step).ceil().max(1.0);
        let x = |value: f64| LEFT + value / (step * ticks) * PLOT;
        let bottom = y + STEP * self.bars.len() as f64;
        for tick in 0..=ticks as u32 {
            let value = step * f64::from(tick);
            let at = x(value);
            writeln!(out, r#"<line class="grid" x1="{at:.1}" x2="{at:.1}" y1="{y:.1}" y2="{bottom:.1}"/>"#)?;
            text(out, "small", "middle", (at, bottom + 14.0), &trimmed(value))?;
        }
        for bar in &self.bars {
            bar.draw(out, y, x)?;
            y += STEP;
        }
        Ok(bottom + 44.0)
    }
}

impl Bar<'_> {
    fn most(&self) -> f64 {
        self.spread.quartiles().map_or(self.spread.median(), |(_, upper)| upper)
    }

    fn draw(&self, out: &mut String, y: f64, x: impl Fn(f64) -> f64) -> fmt::Result {
        let median = self.spread.median();
        if !median.is_finite() {
            return Ok(());
        }
        let (class, width) = (if self.name == OWN { "own" } else { "bar" }, x(median) - LEFT);
        text(out, "name", "end", (LEFT - 8.0, y + BAR), self.name)?;
        writeln!(out, r#"<rect class="{class}" x="{LEFT}" y="{:.1}" width="{width:.1}" height="{BAR}"/>"#, y + 4.0)?;
        let mut value = short(median);
        if let Some((lower, upper)) = self.spread.quartiles() {
            let (middle, from, to) = (y + 4.0 + BAR / 2.0, x(lower), x(upper));
            let (above, below) = (middle - 4.0, middle + 4.0);
            writeln!(
                out,
                r#"<path class="spread" d="M{from:.1} {above:.1}V{below:.1}M{from:.1} {middle:.1}H{to:.1}M{to:.1} {above:.1}V{below:.1}"/>"#
            )?;
            write!(value, " ({}–{})", short(lower), short(upper))?;
        }
        text(out, "small", "start", (x(self.most()) + 6.0, y + BAR), &value)
    }
}

fn text(out: &mut String, class: &str, anchor: &str, (x, y): (f64, f64), words: &str) -> fmt::Result {
    writeln!(out, r#"<text class="{class}" text-anchor="{anchor}" x="{x:.1}" y="{y:.1}">{}</text>"#, escaped(words))
}

fn escaped(words: &str) -> String {
    words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The next number above that steps are taken in: 1, 2, 2.5 or 5 times a power of ten.
fn nice(step: f64) -> f64 {
    if step <= 0.0 || !step.is_finite() {
        return 1.0;
    }
    let power = 10f64.powf(step.log10().floor());
    [1.0, 2.0, 2.5, 5.0].map(|factor| factor * power).into_iter().find(|nice| *nice >= step).unwrap_or(10.0 * power)
}

/// A tick's number without zeros at its end.
fn trimmed(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_has_title_axis_bars_and_their_spread() {
        let bars = vec![
            Bar { name: "hyper", spread: Spread::single(61.0) },
            Bar { name: "unloc", spread: Spread::of([80.0, 90.0, 100.0, 110.0, 120.0]) },
        ];
        let panels = vec![Panel { title: "a < b", bars }];
        let drawn = Chart { title: "Time", axis: "µs", panels }.to_string();
        for part in ["<title>Time</title>", "a &lt; b", ">µs<", r#"class="own""#, ">100 (90–110)<", r#"class="spread""#]
        {
            assert!(drawn.contains(part), "{part} is missing in {drawn}");
        }
        assert_eq!(drawn.matches("<rect class=\"bar\"").count(), 1);
    }

    #[test]
    fn steps_are_round() {
        assert_eq!([0.9, 1.1, 2.1, 3.0, 7.0, 130.0].map(nice), [1.0, 2.0, 2.5, 5.0, 10.0, 200.0]);
        assert_eq!([0.0, 2.5, 200.0].map(trimmed), ["0", "2.5", "200"]);
    }
}
