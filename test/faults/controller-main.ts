import { parseArgs } from 'node:util'
import { loadConfig } from '../../core/config.ts'
import { openLog } from '../../core/log.ts'
import { systemRandom } from '../../core/random.ts'
import { startController } from '../../infra/main/controller.ts'
import { controlTokenOf } from '../../infra/main/secrets.ts'
import { trapJournal } from './trap.ts'

/** `jidoka up` whose journal stands still before and after each transaction of a run, until the trial lets it go on. */
const { values } = parseArgs({
  allowPositionals: true,
  options: {
    config: { type: 'string' },
    data: { type: 'string' },
    port: { type: 'string' },
    store: { type: 'string' },
    standby: { type: 'boolean' },
    migrations: { type: 'string' },
  },
})
const data = values.data as string
const { config, file } = await loadConfig({ file: values.config, cwd: process.cwd() })
const waiting = new Map<number, () => void>()
let halts = 0
process.on('message', (at: number) => {
  waiting.get(at)?.()
  waiting.delete(at)
})
process.on('disconnect', () => process.exit(1))
const halt = (place: string) =>
  new Promise<void>((resolve) => {
    const at = ++halts
    waiting.set(at, resolve)
    // Without the trial nobody lets it go on.
    process.send?.({ at, place }, () => {})
  })

await startController({
  config,
  configFile: file,
  data,
  host: '127.0.0.1',
  port: Number(values.port),
  store: values.store,
  ...(values.standby ? { standby: { onWait: () => {}, signal: new AbortController().signal } } : {}),
  controlToken: await controlTokenOf(data, process.env, systemRandom),
  version: 'trial',
  boardFolder: null,
  migrationsFolder: values.migrations,
  log: openLog({ level: 'info', fd: 2 }),
  environment: (name) => process.env[name],
  write: (text) => void process.stdout.write(`${text}\n`),
  trap: (journal) => trapJournal(journal, halt),
})
setInterval(() => {}, 3_600_000)
