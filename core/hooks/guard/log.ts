import type { Clock } from '../../clock.ts'
import type { Log } from '../../log.ts'

/** Lines of JSON like those of every other part, without the library: the guard is to be small. */
export function plainLog(clock: Clock, write: (line: string) => void, fields: object = {}): Log {
  const at = (level: number) => (more: object, msg: string) =>
    write(JSON.stringify({ level, time: Math.round(clock.now()), ...fields, ...more, msg }))
  return { debug() {}, info: at(30), warn: at(40), error: at(50), child: (more) => plainLog(clock, write, { ...fields, ...more }) }
}
