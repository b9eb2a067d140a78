import { parseArgs } from 'node:util'
import { runTrial } from './trial.ts'

const { values } = parseArgs({
  options: {
    store: { type: 'string' },
    json: { type: 'boolean' },
    count: { type: 'string', default: '1000' },
    from: { type: 'string', default: '0' },
    keep: { type: 'boolean' },
  },
})
const stores = values.store === undefined ? (['sqlite', 'postgres'] as const) : [values.store as 'sqlite' | 'postgres']
const count = Number(values.count)
if (stores.some((store) => !['sqlite', 'postgres'].includes(store)) || !Number.isInteger(count) || count < 1) {
  console.error('faults: [--store sqlite|postgres] [--count N, 1000 unless told, shared by both stores] [--from N] [--json] [--keep]')
  process.exit(2)
}

const total = { injected: 0, lostRuns: 0, repeatedIrreversible: 0, dualActive: 0, lostWrites: 0 }
const broken: string[] = []
const startedAt = performance.now()
for (const store of stores) {
  const result = await runTrial({
    store,
    from: Number(values.from),
    count: Math.ceil(count / stores.length),
    keep: values.keep === true,
    progress: (text) => process.stderr.write(`${store}: ${text}\n`),
  })
  for (const name of Object.keys(total) as (keyof typeof total)[]) total[name] += result[name]
  broken.push(...result.broken.map((text) => `${store}: ${text}`))
}
if (values.json) console.log(JSON.stringify(total))
else {
  for (const [name, value] of Object.entries(total)) console.log(`  ${name.padEnd(22)} ${value}`)
  console.log(`  ${((performance.now() - startedAt) / 60_000).toFixed(1)} minutes`)
}
for (const text of broken) console.error(`faults: ${text}`)
process.exit(broken.length > 0 ? 1 : 0)
