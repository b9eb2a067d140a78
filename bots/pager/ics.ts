import { createHash } from 'node:crypto'
import { utcStamp } from '../../core/calendar.ts'

/** One turn of somebody. */
export interface Shift {
  person: { id: string; name: string }
  /** Epoch ms. */
  from: number
  until: number
}

const lineBytes = 75

/** A schedule as a calendar (RFC 5545). Times are in UTC: each calendar shows them in the zone of who looks. */
export function icsOf({
  id,
  title,
  at,
  shifts,
  host,
}: {
  id: string
  title: string
  at: number
  shifts: readonly Shift[]
  host: string
}): string {
  const stamp = utcStamp(at)
  const events = shifts.flatMap(({ person, from, until }) => [
    'BEGIN:VEVENT',
    // The same turn keeps its UID when the calendar is read anew; when it moves, it is another one.
    `UID:${createHash('sha256').update(`${id}/${from}/${person.id}`).digest('hex').slice(0, 32)}@${host}`,
    `DTSTAMP:${stamp}`,
    `DTSTART:${utcStamp(from)}`,
    `DTEND:${utcStamp(until)}`,
    `SUMMARY:${escaped(`${title}: ${person.name}`)}`,
    // Whoever is on call can have other appointments.
    'TRANSP:TRANSPARENT',
    'END:VEVENT',
  ])
  const head = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Jidoka//On call//EN', 'CALSCALE:GREGORIAN', 'METHOD:PUBLISH']
  const names = [`NAME:${escaped(title)}`, `X-WR-CALNAME:${escaped(title)}`, 'REFRESH-INTERVAL;VALUE=DURATION:PT1H', 'X-PUBLISHED-TTL:PT1H']
  return [...head, ...names, ...events, 'END:VCALENDAR'].map((line) => `${folded(line)}\r\n`).join('')
}

const escaped = (text: string) =>
  text
    .replaceAll('\\', '\\\\')
    .replaceAll(';', '\\;')
    .replaceAll(',', '\\,')
    .replaceAll(/\r\n|\r|\n/g, '\\n')
    .replaceAll(/\p{Cc}/gu, '')

/** At most 75 bytes a line, never in the middle of a character; what goes on begins with a space. */
function folded(line: string): string {
  const lines: string[] = []
  let current = ''
  let bytes = 0
  for (const character of line) {
    const size = Buffer.byteLength(character)
    if (bytes + size > lineBytes) {
      lines.push(current)
      current = ' '
      bytes = 1
    }
    current += character
    bytes += size
  }
  return [...lines, current].join('\r\n')
}
