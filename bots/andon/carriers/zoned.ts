/** Local time of a zone, by what the platform knows of zones (DST, shifts of whole countries). */
export interface Local {
  year: number
  /** 1 to 12. */
  month: number
  day: number
  hour: number
  minute: number
}

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    hourCycle: 'h23',
    timeZoneName: 'longOffset',
  })
  formats.set(zone, made)
  return made
}

export function localOf(at: number, zone: string): Local & { offset: string } {
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  )
  const [year, month, day, hour, minute] = ['year', 'month', 'day', 'hour', 'minute'].map((type) => Number(parts[type])) as [
    number,
    number,
    number,
    number,
    number,
  ]
  // `GMT` stands for itself; `GMT+09:00` for what it says.
  return { year, month, day, hour, minute, offset: parts.timeZoneName?.slice(3) || '+00:00' }
}

/** The instant when clocks of the zone show this; in an hour that does not exist, or exists twice, the earlier reading of it. */
export function instantOf(local: Local, zone: string): number {
  const wanted = Date.UTC(local.year, local.month - 1, local.day, local.hour, local.minute)
  const shownAt = (at: number) => {
    const { year, month, day, hour, minute } = localOf(at, zone)
    return Date.UTC(year, month - 1, day, hour, minute)
  }
  const guesses = [-day, day].map((around) => wanted - (shownAt(wanted + around) - (wanted + around)))
  const fits = guesses.filter((at) => shownAt(at) === wanted)
  return fits.length > 0 ? Math.min(...fits) : Math.max(...guesses)
}

const day = 86_400_000
