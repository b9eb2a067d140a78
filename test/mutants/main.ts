import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { run, runTests, type Verdict } from './check.ts'
import { chapters } from './defences.ts'
import type { Check, Defence } from './define.ts'
import { mutate } from './mutate.ts'
import { defencesPage } from './page.ts'
import { copyTree, type Tree } from './tree.ts'

/**
 * `node test/mutants/main.ts [ID...] [--json]`: takes each named defence out of a copy of the tree, and wants a test to fail.
 * Ends with 1 when one survives. `--page` writes docs/defences.md and runs nothing.
 */
const root = resolve(import.meta.dirname, '../..')
/** What the project runs on has two cores. */
const atOnce = 2

const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean' }, page: { type: 'boolean' } } })
const all = chapters.flatMap(({ defences }) => defences)
const unknown = positionals.filter((id) => !all.some((defence) => defence.id === id))
if (unknown.length > 0) {
  console.error(`no such defence: ${unknown.join(', ')}; see docs/defences.md`)
  process.exit(2)
}
if (values.page) {
  writeFileSync(join(root, 'docs/defences.md'), defencesPage(chapters))
  process.exit(0)
}

interface Row {
  id: string
  verdict: 'killed' | 'survived' | 'broken' | 'stuck'
  /** The test that failed, or what went wrong. */
  by: string
  seconds: number
}

const chosen = positionals.length === 0 ? all : all.filter(({ id }) => positionals.includes(id))
const stale = chosen.flatMap((defence) => {
  try {
    mutate(readFileSync(join(root, defence.file), 'utf8'), defence)
    return []
  } catch (error) {
    return [(error as Error).message]
  }
})
if (stale.length > 0) {
  console.error(stale.join('\n'))
  process.exit(1)
}

const startedAt = performance.now()
const trees = Array.from({ length: Math.min(atOnce, chosen.length) }, () => copyTree(root))
process.once('exit', () => {
  for (const tree of trees) tree.remove()
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))

const unwell = await whatFailsAnyway((trees[0] as Tree).folder, chosen)
if (unwell.length > 0) {
  console.error(`Nothing was taken out: these do not pass as they are.\n${unwell.join('\n')}`)
  process.exit(1)
}
const waiting = [...chosen]
const rows: Row[] = []
await Promise.all(trees.map(work))
rows.sort((a, b) => chosen.findIndex(({ id }) => id === a.id) - chosen.findIndex(({ id }) => id === b.id))
const killed = rows.filter(({ verdict }) => verdict === 'killed').length
const seconds = Math.round((performance.now() - startedAt) / 1_000)
if (values.json) console.log(JSON.stringify({ defences: rows.length, killed, survived: rows.length - killed, seconds, rows }))
else console.log(`\n${rows.length} defences, ${killed} killed, ${rows.length - killed} survived, ${seconds} s`)
process.exitCode = killed === rows.length ? 0 : 1

async function work(tree: Tree): Promise<void> {
  for (let defence = waiting.shift(); defence; defence = waiting.shift()) {
    const from = performance.now()
    const [verdict, by] = await tree.without(defence, () => judge(tree, defence))
    const row: Row = { id: defence.id, verdict, by, seconds: Number(((performance.now() - from) / 1_000).toFixed(1)) }
    rows.push(row)
    if (!values.json)
      console.log(`${row.verdict.padEnd(8)} ${row.id.padEnd(34)} ${row.seconds.toFixed(1).padStart(5)} s  ${row.by.slice(0, 140)}`)
  }
}

/** The first check that fails kills it; one that could not be asked kills nothing. */
async function judge(tree: Tree, { killedBy }: Defence): Promise<[Row['verdict'], string]> {
  let last: Verdict = { is: 'passed' }
  for (const check of killedBy) {
    last = await run(tree.folder, check)
    if (last.is === 'failed') return ['killed', last.by]
    if (last.is !== 'passed') break
  }
  if (last.is === 'broken') return ['broken', last.why]
  return last.is === 'stuck' ? ['stuck', 'it did not end'] : ['survived', `nothing fails: ${named(killedBy)}`]
}

function named(checks: readonly Check[]): string {
  return checks.map((check) => ('file' in check ? check.file : `${check.seeds} seeds`)).join(', ')
}

/** What was asked for must pass as it is, or its failure would say nothing. Whole files in one go, named tests in another. */
async function whatFailsAnyway(folder: string, list: readonly Defence[]): Promise<string[]> {
  const checks = list.flatMap(({ killedBy }) => killedBy)
  const files = checks.flatMap((check) => ('file' in check ? [check] : []))
  const whole = [...new Set(files.filter(({ only }) => only === undefined).map(({ file }) => file))]
  const named = files.filter(({ only }) => only !== undefined)
  const names = [...new Set(named.map(({ only }) => only as string))].join('|')
  const seeds = checks.filter((check) => 'seeds' in check)
  const most = seeds.toSorted((a, b) => b.from + b.seeds - (a.from + a.seeds))[0]
  const verdicts = [
    ...(whole.length > 0 ? [await runTests(folder, whole, undefined, false)] : []),
    ...(named.length > 0 ? [await runTests(folder, [...new Set(named.map(({ file }) => file))], names, false)] : []),
    ...(most ? [await run(folder, { seeds: most.from + most.seeds - 1, from: 1 })] : []),
  ]
  return verdicts.flatMap((verdict) => {
    if (verdict.is === 'passed') return []
    return verdict.is === 'failed' ? [verdict.by] : verdict.is === 'broken' ? [verdict.why] : ['it did not end']
  })
}
