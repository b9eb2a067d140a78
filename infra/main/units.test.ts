import { describe, expect, test } from 'vitest'
import { type ConfigInput, configSchema } from '../../core/catalog/schema.ts'
import { JidokaError } from '../../core/errors.ts'
import { defineAction } from '../../remediation/actions/define.ts'
import { defineRunbook, ownStep, step } from '../../runbooks/define.ts'
import { unitsOf } from './units.ts'

const warmUp = defineAction('warm-up', { title: 'Warm up', kind: 'idempotent', timeoutMs: 1_000, attempts: 1, apply: async () => ({}) })
const warmRestart = defineRunbook('warm-restart', {
  title: 'Restart, then warm up',
  answers: ['hung'],
  requires: [],
  cooldownMs: 0,
  steps: ({ targets }) => targets.flatMap((member) => [step('restart', { member, graceMs: 0 }), ownStep('warm-up', { member })]),
})
const leo = { id: 'leo', members: [{ id: 'leo-1' }], ladder: ['warm-restart', 'page'] }

const load = (config: ConfigInput) => unitsOf(configSchema.parse(config), 'jidoka.config.ts')

function problemsOf(config: ConfigInput): string[] {
  try {
    load(config)
  } catch (error) {
    if (error instanceof JidokaError && error.code === 'bad-config') return error.details.lines as string[]
    throw error
  }
  return []
}

test("a user's own runbook and action stand beside ours", () => {
  const { runbooks, actions } = load({ components: [leo], runbooks: [warmRestart], actions: [warmUp] })
  expect(runbooks.map((runbook) => runbook.id)).toEqual(expect.arrayContaining(['restart-process', 'warm-restart']))
  expect(actions.map((action) => action.id)).toEqual(expect.arrayContaining(['restart', 'warm-up']))
})

describe('what is named and does not exist is refused before anything starts, with its path and what was probably meant', () => {
  test.each<[string, ConfigInput, string]>([
    [
      'a mode of a runbook',
      { components: [{ ...leo, ladder: ['page'], guards: { modes: { 'restart-proces': 'shadow' } } }] },
      'components[0].guards.modes: no runbook "restart-proces" (did you mean "restart-process"?); known: ',
    ],
    [
      'a practice',
      { components: [], guards: { modes: { page: 'shadow' }, practice: { everyDays: 7, runbooks: ['page', 'failover'] } } },
      'guards.practice.runbooks[1]: no runbook "failover"',
    ],
    [
      'a rung of a ladder',
      { components: [{ ...leo, ladder: ['restart-proces', 'page'] }] },
      'components[0].ladder[0]: no runbook "restart-proces" (did you mean "restart-process"?); known: ',
    ],
    ['an action of a runbook', { components: [leo], runbooks: [warmRestart] }, 'runbooks[0].steps: no action "warm-up"; known: '],
    ['a failure', { runbooks: [{ ...warmRestart, answers: ['hangs'] }] }, 'runbooks[0].answers[0]: no failure "hangs"; known: '],
    [
      'a requirement',
      { runbooks: [{ ...warmRestart, requires: ['standby-health'] }] },
      'runbooks[0].requires[0]: no requirement "standby-health" (did you mean "standby-healthy"?)',
    ],
  ])('%s', (_, config, problem) => expect(problemsOf(config)).toEqual([expect.stringContaining(problem)]))

  test('all of them at once', () => {
    const ladder = ['a', 'b', 'page']
    expect(problemsOf({ components: [{ ...leo, ladder }] })).toHaveLength(2)
  })
})

describe('a unit that is not one is refused with what it lacks', () => {
  test.each<[string, ConfigInput, string]>([
    ['a runbook without steps', { runbooks: [{ ...warmRestart, steps: undefined }] }, 'runbooks[0].steps: missing (expected a function)'],
    [
      'a name that is ours',
      { runbooks: [{ ...warmRestart, id: 'page' }] },
      'runbooks[0].id: "page" is taken already by one of Jidoka itself',
    ],
    [
      'the same name twice',
      { runbooks: [warmRestart, warmRestart], actions: [warmUp] },
      'runbooks[1].id: "warm-restart" is taken already by runbooks[0]',
    ],
    [
      'an action that cannot tell whether it was done',
      { actions: [{ ...warmUp, kind: 'irreversible' }] },
      'actions[0].probe: an action of kind irreversible needs one',
    ],
    [
      'an action of no kind',
      { actions: [{ ...warmUp, kind: 'safe' }] },
      'actions[0].kind: expected one of read, idempotent, check-then-act, irreversible; got "safe"',
    ],
    ['something else', { actions: [{}] }, 'actions[0].id: an id:'],
  ])('%s', (_, config, problem) => expect(problemsOf(config)[0]).toContain(problem))

  test('steps that fail for a member that there is', () => {
    const broken = {
      ...warmRestart,
      steps: () => {
        throw new Error('no such rack')
      },
    }
    expect(problemsOf({ components: [leo], runbooks: [broken] })).toEqual(['runbooks[0].steps: fails for leo-1: no such rack'])
  })
})
