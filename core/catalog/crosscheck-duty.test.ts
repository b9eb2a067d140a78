import { expect, test } from 'vitest'
import { crosscheck } from './crosscheck.ts'
import { configSchema } from './schema.ts'

const people = ['aki', 'ben', 'chika'].map((id, i) => ({ id, name: id, slack: `U00${i}`, teams: ['core'] }))
const problems = (duty: object, more: object = {}) =>
  crosscheck(configSchema.parse({ people, duty: { people: ['aki', 'ben', 'chika'], ...duty }, ...more }))

test('a duty of people that there are is in order', () => {
  const duty = {
    newcomers: ['chika'],
    absences: [{ person: 'aki', from: '2026-11-23', until: '2026-11-23' }],
    fixers: ['person:ben', 'team:core'],
  }
  expect(problems(duty)).toEqual([])
  expect(problems({ channel: 'C0123' }, { slack: { channel: 'C0001' } })).toEqual([])
})

test.each([
  [{ people: ['aki', 'ben', 'chiko'] }, /^duty\.people\[2\].*chiko/],
  [{ people: ['aki', 'ben', 'aki', 'chika'] }, /duty\.people\[2\].*twice/],
  [{ newcomers: ['dan'] }, /duty\.newcomers\[0\].*dan/],
  [{ size: 4 }, /duty\.size: 4 are to be drawn from 3/],
  [{ absences: [{ person: 'dan', from: '2026-11-23', until: '2026-11-24' }] }, /duty\.absences\[0\]\.person.*dan/],
  [{ absences: [{ person: 'aki', from: '2026-11-23', until: '2026-11-20' }] }, /duty\.absences\[0\]\.until/],
  [{ fixers: ['team:cor'] }, /duty\.fixers\[0\].*cor/],
  [{ at: '22:00' }, /duty\.at: 22:00 is outside/],
  [{ workday: { from: '12:00', until: '09:00' } }, /duty\.workday\.until/],
  [{ channel: 'C0123' }, /duty\.channel: there is no block "slack"/],
])('%j is told', (duty, said) => {
  expect(problems(duty).join('\n')).toMatch(said)
})

test('whoever is drawn has to be in the chat where the review is held', () => {
  const without = people.map(({ slack, ...one }) => (one.id === 'ben' ? one : { slack, ...one }))
  const config = configSchema.parse({ people: without, duty: { people: ['aki', 'ben', 'chika'] }, slack: { channel: 'C0001' } })
  expect(crosscheck(config)).toEqual([expect.stringMatching(/^duty\.people\[1\]: "ben" has no Slack id/)])
})
