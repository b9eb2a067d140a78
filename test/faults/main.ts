import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { buildPrograms } from './lane.ts'
import { noCounts } from './round.ts'
import { runTrial, type TrialResult } from './trial.ts'

const { values } = parseArgs({
  options: {
    store: { type: 'string' },
    json: { type: 'boolean' },
    count: { type: 'string', default: '1000' },
    from: { type: 'string', default: '0' },
    random: { type: 'boolean' },
    fleets: { type: 'string', default: '4' },
    keep: { type: 'boolean' },
  },
})
const stores = values.store === undefined ? (['sqlite', 'postgres'] as const) : [values.store as 'sqlite' | 'postgres']
const [count, fleets] = [values.count, values.fleets].map(Number) as [number, number]
const from = values.random ? randomInt(1_000_000) : Number(values.from)
const whole = [count, fleets, from].every(Number.isInteger) && count > 0 && fleets > 0 && from >= 0
if (!whole || stores.some((store) => !['sqlite', 'postgres'].includes(store))) {
  console.error(
    'faults: [--store sqlite|postgres] [--count N, 1000 unless told, shared by both stores] [--from N | --random] [--fleets N at once] [--json] [--keep]',
  )
  process.exit(2)
}

const interrupt = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => interrupt.abort())
if (values.random) process.stderr.write(`from ${from}\n`)
const startedAt = performance.now()
const { folder, remove } = await buildPrograms()
const results = new Map<string, TrialResult>()
try {
  const trials = stores.map(async (store) => {
    const result = await runTrial({
      ...{ store, from, built: folder, keep: values.keep === true, signal: interrupt.signal },
      fleets: Math.ceil(fleets / stores.length),
      count: Math.ceil(count / stores.length),
      progress: (text) => process.stderr.write(`${store}: ${text}\n`),
    })
    results.set(store, result)
  })
  await Promise.all(trials)
} finally {
  await remove()
}

const names = Object.keys(noCounts()) as (keyof ReturnType<typeof noCounts>)[]
const sum = (name: (typeof names)[number]) => [...results.values()].reduce((all, result) => all + result[name], 0)
const total = Object.fromEntries(names.map((name) => [name, sum(name)]))
const broken = [...results].flatMap(([store, result]) => result.broken.map((text) => `${store}: ${text}`))
if (values.json) console.log(JSON.stringify(total))
else {
  const row = (name: string, cells: readonly unknown[]) =>
    console.log(`  ${name.padEnd(22)}${cells.map((cell) => String(cell).padStart(10)).join('')}`)
  const each = (of: (result: TrialResult) => number) => [...results.values()].map(of)
  row('', [...results.keys(), 'in all'])
  for (const name of names) row(name, [...each((result) => result[name]), total[name]])
  const places = (result: TrialResult) => [...result.places.keys()].filter((place) => place !== 'between steps').length
  row('steps struck at', [...each(places), ''])
  row('of them between', [...each(({ places }) => places.get('between steps') ?? 0), ''])
  row('nothing to strike', [...each(({ missed }) => missed), ''])
  console.log(`  ${((performance.now() - startedAt) / 60_000).toFixed(1)} minutes`)
}
for (const text of broken) console.error(`faults: ${text}`)
if (interrupt.signal.aborted) console.error('faults: interrupted')
process.exit(broken.length > 0 || interrupt.signal.aborted ? 1 : 0)
