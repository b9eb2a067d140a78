import { describe, expect, test } from 'vitest'
import { checkPeople } from './crosscheck-people.ts'
import { type ConfigInput, configSchema } from './schema.ts'

const base = {
  people: [
    { id: 'ben', name: 'Ben', email: 'ben@example.com', teams: ['core'] },
    { id: 'chi', name: 'Chi' },
  ],
  teams: [{ id: 'core', policy: 'core' }],
  schedules: [{ id: 'core', layers: [{ people: ['ben'], start: '2026-11-16T09:00' }] }],
  policies: [{ id: 'core', levels: [{ notify: ['schedule:core'] }, { notify: ['team:core'] }] }],
} satisfies ConfigInput
const problems = (more: ConfigInput = {}) => checkPeople(configSchema.parse({ ...base, ...more }))
const layer = { people: ['ben'], start: '2026-11-16T09:00' }

test('what fits together has no problem', () => {
  expect(problems()).toEqual([])
  expect(checkPeople(configSchema.parse({}))).toEqual([])
})

describe('what does not is told with its path, and what was probably meant', () => {
  test.each<[string, ConfigInput, string]>([
    ['the policy of a team', { teams: [{ id: 'core', policy: 'cora' }] }, 'teams[0].policy: no policy "cora" (did you mean "core"?)'],
    [
      'somebody in a layer',
      { schedules: [{ id: 'core', layers: [{ ...layer, people: ['bem'] }] }] },
      'schedules[0].layers[0].people[0]: no person "bem" (did you mean "ben"?)',
    ],
    [
      'somebody in an override',
      {
        schedules: [
          { id: 'core', layers: [layer], overrides: [{ person: 'eve', from: '2026-11-16T09:00:00Z', until: '2026-11-17T09:00:00Z' }] },
        ],
      },
      'schedules[0].overrides[0].person: no person "eve"',
    ],
    [
      'an override that ends before it begins',
      {
        schedules: [
          { id: 'core', layers: [layer], overrides: [{ person: 'ben', from: '2026-11-16T09:00:00Z', until: '2026-11-16T09:00:00+09:00' }] },
        ],
      },
      'schedules[0].overrides[0].until: it must be after from',
    ],
    [
      'a turn of no length',
      { schedules: [{ id: 'core', layers: [{ ...layer, turn: {} }] }] },
      'schedules[0].layers[0].turn: neither days nor hours; a week is {"days": 7}',
    ],
    [
      'a day that there is not',
      { schedules: [{ id: 'core', layers: [{ ...layer, start: '2026-02-30T09:00' }] }] },
      'schedules[0].layers[0].start: there is no such day or time: "2026-02-30T09:00"',
    ],
    [
      'a layer that ends before it begins',
      { schedules: [{ id: 'core', layers: [{ ...layer, until: '2026-11-16T09:00' }] }] },
      'schedules[0].layers[0].until: it must be after start',
    ],
    [
      'a level that names nobody',
      { policies: [{ id: 'core', levels: [{ notify: ['schedule:cora'] }] }] },
      'policies[0].levels[0].notify[0]: no schedule "cora" (did you mean "core"?)',
    ],
    [
      'a level of a team without people',
      { teams: [...base.teams, { id: 'empty' }], policies: [{ id: 'core', levels: [{ notify: ['team:empty'] }] }] },
      'policies[0].levels[0].notify: nobody belongs to team:empty; this level would call nobody',
    ],
    ['an id twice', { policies: [...base.policies, ...base.policies] }, 'policies[1].id: "core" is taken already'],
    [
      'one Slack id for two',
      { people: [...base.people, { id: 'dan', name: 'Dan', slack: 'U1' }, { id: 'eve', name: 'Eve', slack: 'U1' }] },
      'people[3].slack: "U1" is "dan" already',
    ],
  ])('%s', (_, config, problem) => expect(problems(config)).toEqual([problem]))
})

describe('who is to be called and cannot be reached', () => {
  const mail = { kind: 'smtp', host: 'mail.example.com', from: 'jidoka@example.com' } as const
  const policies = [{ id: 'core', levels: [{ notify: ['person:chi'] }] }]

  test('is told, when e-mail is the only way and there is no address', () => {
    expect(problems({ pagers: [mail], policies })).toEqual([
      'people[1]: "chi" is to be called (policies[0].levels[0]) and cannot be reached: the only pager is e-mail, and there is no address',
    ])
  })
  test('is none, when another way is there, or nobody calls them', () => {
    expect(problems({ pagers: [mail, { kind: 'log' }], policies })).toEqual([])
    expect(problems({ pagers: [mail] })).toEqual([])
  })
})
