// Formats times in the time zone of the locks.

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let zone = "UTC";
let formats = {};

export function setZone(name) {
  if (name === zone && formats.day) return;
  zone = name;
  const format = (options) => new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", ...options });
  formats = {
    fields: format({ year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" }),
    date: format({ weekday: "long", day: "numeric", month: "long", year: "numeric" }),
    time: format({ hour: "2-digit", minute: "2-digit", second: "2-digit" }),
    moment: format({ weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" }),
    short: format({ day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }),
    day: format({ day: "numeric" }),
    weekday: format({ weekday: "short" }),
  };
}
setZone("UTC");

export const zoneName = () => zone;
export const text = (format, moment) => formats[format].format(moment);

// Formats the time of a row: today with seconds, otherwise with the day. The clock may have run through weeks in a
// minute.
export function when(date, now) {
  const moment = Date.parse(date);
  return dayStart(moment) === dayStart(now) ? text("time", moment) : text("short", moment);
}

// Returns the zone's offset from UTC at a moment.
function offset(moment) {
  const fields = {};
  for (const { type, value } of formats.fields.formatToParts(moment)) fields[type] = Number(value);
  const wall = Date.UTC(fields.year, fields.month - 1, fields.day, fields.hour, fields.minute, fields.second);
  return wall - Math.floor(moment / 1000) * 1000;
}

// Returns the midnight before a moment, shifted by a number of days. A day with a clock change has 23 or 25 hours.
export function dayStart(moment, days = 0) {
  const wall = Math.floor((moment + offset(moment)) / DAY) * DAY + days * DAY;
  return wall - offset(wall - offset(wall));
}

// The number of days before and after today in each view. A view starts and ends at midnight, so that the bars stay
// while the line for now moves, and few elements have to be redrawn.
export const SPANS = { week: [2, 5], fortnight: [4, 10], month: [8, 23] };

export function windowAround(now, span) {
  const [before, after] = SPANS[span];
  const days = [];
  for (let day = -before; day <= after; day += 1) days.push(dayStart(now, day));
  const [from, to] = [days[0], days.at(-1)];
  const percent = (moment) => Math.min(100, Math.max(0, ((moment - from) / (to - from)) * 100));
  return { from, to, days: days.slice(0, -1), percent, key: `${zone} ${from} ${to}` };
}
