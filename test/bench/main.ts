import { parseArgs } from 'node:util'
import { andon } from './andon.ts'
import { engine } from './engine.ts'
import { failover } from './failover.ts'
import { guardians } from './guardians.ts'
import { hang } from './hang.ts'
import { ingest } from './ingest.ts'
import { ready } from './ready.ts'
import { type Bench, reportOf, tableOf } from './report.ts'
import { restart } from './restart.ts'
import { switchover } from './switch.ts'
import { takeoverBench } from './takeover.ts'

const benches: readonly Bench[] = [restart, hang, switchover, engine, ingest, ready, andon, guardians, failover, takeoverBench]

const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean' }, runs: { type: 'string' } } })
const named = positionals.length === 0 ? benches : positionals.map((name) => benches.find((bench) => bench.name === name) ?? name)
const unknown = named.filter((bench) => typeof bench === 'string')
if (unknown.length > 0) {
  console.error(
    `bench: there is no ${unknown.join(', ')}. There are:\n${benches.map(({ name, summary }) => `  ${name.padEnd(10)} ${summary}`).join('\n')}`,
  )
  process.exit(2)
}
for (const bench of named as Bench[]) {
  const progress = (text: string) => process.stderr.write(`${bench.name}: ${text}\n`)
  const report = reportOf(bench.name, await bench.run({ runs: values.runs ? Number(values.runs) : undefined, progress }))
  console.log(values.json ? JSON.stringify(report) : tableOf(report))
}
process.exit(0)
