import { expect, test } from 'vitest'
import type { Term } from '../../core/journal/leader.ts'
import type { Engine } from '../../remediation/engine.ts'
import { virtualClock } from '../../test/virtual-clock.ts'
import { openTerms } from './terms.ts'

/** Terms over parts that say what is done with them. */
function stage(meet = async () => {}) {
  const done: string[] = []
  const says =
    (what: string, then = async () => {}) =>
    () => {
      done.push(what)
      return then()
    }
  const asked: (() => boolean)[] = []
  let engines = 0
  const terms = openTerms({
    clock: virtualClock(),
    makeEngine({ mayAct }) {
      asked.push(mayAct)
      const n = ++engines
      return { start: says(`engine ${n}`), stop: says(`engine ${n} ends`), letGo: says(`engine ${n} lets go`) } as unknown as Engine
    },
    people: { start: says('people', meet), stop: says('people end') },
    watch: { lead: () => void done.push('lead'), follow: () => void done.push('follow') },
    intake: { open: () => void done.push('open'), shut: () => void done.push('shut') },
  })
  return { done, asked, terms }
}

const term: Term = { fence: 1, earlierMs: 0, mayAct: () => true, mayRenew: () => true }

test('a controller that starts meets its people first; one that takes over mends first', async () => {
  const { terms, done } = stage()
  await terms.on.begin(term)
  await terms.begun
  expect(done).toEqual(['people', 'open', 'engine 1', 'lead'])
  terms.started()
  await terms.on.end('over')
  done.length = 0
  await terms.on.begin(term)
  expect(done).toEqual(['open', 'engine 2', 'engine 1 lets go', 'lead', 'people'])
  expect(terms.leads()).toBe(true)
})

test('an end counts at once: its engine may not act any more, though the clock would let it, and nothing is told', async () => {
  const { terms, done, asked } = stage()
  await terms.on.begin(term)
  expect(asked[0]?.()).toBe(true)
  done.length = 0
  const ended = terms.on.end('over')
  expect([terms.leads(), terms.engine(), asked[0]?.()]).toEqual([false, null, false])
  expect(done).toEqual(['follow', 'shut'])
  await ended
  expect(done).toEqual(['follow', 'shut', 'engine 1 ends', 'people end'])
})

test('a term that ends while it begins begins nothing more, and is cleared away', async () => {
  let met = () => {}
  const { terms, done } = stage(
    () =>
      new Promise((resolve) => {
        met = resolve
      }),
  )
  const begun = terms.on.begin(term)
  await Promise.resolve()
  await Promise.resolve()
  const ended = terms.on.end('over')
  met()
  await Promise.all([begun, ended])
  expect(done).toEqual(['people', 'follow', 'shut', 'engine 1 ends', 'people end'])
})

test('the roles of a term that ended are renewed until the next one knows them, or nothing more is to be led', async () => {
  const { terms, done } = stage()
  await terms.on.begin(term)
  await terms.on.end('the store is away')
  expect(done).not.toContain('engine 1 lets go')
  const begun = terms.on.begin(term)
  await terms.on.end('away again')
  await begun
  expect(done).not.toContain('engine 1 lets go')
  terms.letGo()
  expect(done).toContain('engine 1 lets go')
})

test('a term that cannot begin fails, and the next one is tried', async () => {
  let times = 0
  const { terms } = stage(async () => {
    if (++times === 1) throw new Error('no')
  })
  await expect(terms.on.begin(term)).rejects.toThrow('no')
  await expect(terms.begun).rejects.toThrow('no')
  await terms.on.end('it could not begin')
  await terms.on.begin(term)
  expect(terms.leads()).toBe(true)
})
