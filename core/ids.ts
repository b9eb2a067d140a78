import type { Clock } from './clock.ts'
import type { Random } from './random.ts'

/** A string that only this module mints and only its own kind of function takes. */
export type Id<Kind extends string> = string & { readonly kind?: Kind }
export type IncidentId = Id<'incident'>
export type RunId = Id<'run'>
export type AndonId = Id<'andon'>

/** What an id is of: incident, run, page, request, andon, lane, inquiry, update, kaizen item, change, override, window of maintenance, scan, finding, ask, review, week of duty, shadow. */
type Prefix =
  | 'inc'
  | 'run'
  | 'page'
  | 'req'
  | 'and'
  | 'lane'
  | 'inq'
  | 'upd'
  | 'kai'
  | 'chg'
  | 'ovr'
  | 'mnt'
  | 'scan'
  | 'fnd'
  | 'ask'
  | 'rev'
  | 'duty'
  | 'shw'

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

/** Mints ids that sort by time: a prefix, nine characters of milliseconds, eight of chance; `inc_0k3v9x2m1q8wz4t7p`. */
export function idMint(clock: Clock, random: Random) {
  return (prefix: Prefix): string => {
    let time = Math.floor(clock.now())
    let head = ''
    for (let i = 0; i < 9; i++) {
      head = alphabet[time % 32] + head
      time = Math.floor(time / 32)
    }
    let tail = ''
    for (let i = 0; i < 8; i++) tail += alphabet[Math.floor(random.next() * 32)]
    return `${prefix}_${head}${tail}`
  }
}

export type Mint = ReturnType<typeof idMint>
