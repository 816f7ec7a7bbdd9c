// Time as the clocks beside the locks show it.

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

// Rows of today show the time to the second, older ones the day as well: the clock may have run through weeks in a minute.
export function when(date, now) {
  const moment = Date.parse(date);
  return dayStart(moment) === dayStart(now) ? text("time", moment) : text("short", moment);
}

// How far the zone is ahead of UTC at a moment.
function offset(moment) {
  const fields = {};
  for (const { type, value } of formats.fields.formatToParts(moment)) fields[type] = Number(value);
  const wall = Date.UTC(fields.year, fields.month - 1, fields.day, fields.hour, fields.minute, fields.second);
  return wall - Math.floor(moment / 1000) * 1000;
}

// The midnight before a moment, or so many days later or earlier. Days have 23 hours at times, or 25.
export function dayStart(moment, days = 0) {
  const wall = Math.floor((moment + offset(moment)) / DAY) * DAY + days * DAY;
  return wall - offset(wall - offset(wall));
}

// How many days before and after today a view shows. It begins and ends at midnight: bars stand still while the line
// for now moves on, as on a chart on the wall, and there is little to draw anew.
export const SPANS = { week: [2, 5], fortnight: [4, 10], month: [8, 23] };

export function windowAround(now, span) {
  const [before, after] = SPANS[span];
  const days = [];
  for (let day = -before; day <= after; day += 1) days.push(dayStart(now, day));
  const [from, to] = [days[0], days.at(-1)];
  const percent = (moment) => Math.min(100, Math.max(0, ((moment - from) / (to - from)) * 100));
  return { from, to, days: days.slice(0, -1), percent, key: `${zone} ${from} ${to}` };
}
