import { systemClock } from '../../core/clock.ts'
import { fault } from '../../core/errors.ts'
import { silentLog } from '../../core/log.ts'
import { systemRandom } from '../../core/random.ts'
import { copyStore } from '../../core/store/copy.ts'
import { storeInfo } from '../../core/store/info.ts'
import type { Cli, ExitCode } from '../define.ts'

export interface CopyFlags {
  from: string
  to: string
  json?: boolean
}

const isSqlite = (url: string) => /^sqlite:./.test(url) && url !== 'sqlite::memory:'
const isPostgres = (url: string) => /^postgres(ql)?:\/\/./.test(url)

function check(flag: string, url: string, good: boolean, looks: string): void {
  // Not the whole of it: there may be a password in it.
  if (!good) throw fault('usage', { problem: `${flag} must be ${looks}, got "${url.split(':')[0]}:...".`, hint: 'Nothing was copied.' })
}

/** `jidoka store copy`. */
export async function copy(cli: Cli, { from, to, json }: CopyFlags): Promise<ExitCode> {
  check('--from', from, isSqlite(from), 'sqlite:FILE')
  check('--to', to, isPostgres(to), 'postgres://...')
  const told = progress(cli, json === true)
  const tables = await copyStore({
    ...{ from: from.slice('sqlite:'.length), to, clock: systemClock, random: systemRandom, log: silentLog },
    onProgress: told.table,
  }).finally(told.end)
  const rows = tables.reduce((sum, table) => sum + table.rows, 0)
  if (json) cli.json({ rows, tables })
  else {
    for (const { table, rows, checksum } of tables) if (rows > 0) cli.out(`${table.padEnd(12)} ${String(rows).padStart(9)}  ${checksum}`)
    cli.out(`${rows} rows were copied, read back and found the same. Start every controller with --store and the new address.`)
  }
  return 0
}

/** One line that is written over, for a person; nothing for a script. */
function progress(cli: Cli, quiet: boolean) {
  if (quiet || !cli.tty) return { table: undefined, end: () => {} }
  let last = ''
  return {
    table(name: string, copied: number, of: number) {
      if (last !== name && last !== '') cli.err(`${last} done`)
      last = name
      if (copied % 50_000 === 0) cli.err(`${name}: ${copied} of ${of}`)
    },
    end() {
      if (last !== '') cli.err(`${last} done`)
    },
  }
}

/** `jidoka store info`. */
export async function info(cli: Cli, { store, json }: { store: string; json?: boolean }): Promise<ExitCode> {
  check('--store', store, isSqlite(store) || isPostgres(store), 'sqlite:FILE or postgres://...')
  const found = await storeInfo(store, systemClock)
  if (json) {
    cli.json(found)
    return 0
  }
  const { version, bytes, controllers, tables } = found
  cli.out(
    `${found.store}: schema ${version}, ${(bytes / 2 ** 20).toFixed(1)} MiB, ${controllers === 0 ? 'no controller uses it' : `used by ${controllers}`}`,
  )
  for (const { table, rows } of tables) if (rows > 0) cli.out(`${table.padEnd(12)} ${String(rows).padStart(9)}`)
  return 0
}
