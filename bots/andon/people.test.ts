import { describe, expect, test } from 'vitest'
import { indexCatalog } from '../../core/catalog/catalog.ts'
import { configSchema } from '../../core/catalog/schema.ts'
import type { Actor } from './andon.ts'
import { peopleOf } from './people.ts'

const peopleWith = (andon: object = {}) =>
  peopleOf(
    indexCatalog(
      configSchema.parse({
        components: [{ id: 'polaris', owner: 'team-core', members: [{ id: 'polaris-1' }] }],
        people: [
          { id: 'aki', name: 'Aki Tanaka', slack: 'U0AKI', teams: ['team-core'], locale: 'ja' },
          { id: 'ben', name: 'Ben', slack: 'U0BEN', teams: ['team-net'] },
          { id: 'sato-1', name: 'Sato', slack: 'U0SAME' },
          { id: 'sato-2', name: 'sato', slack: 'U0SAME' },
        ],
        andon,
      }),
    ),
  )
const people = peopleWith()

describe('a person is found', () => {
  test.each(['aki', '@aki', ' aki ', 'Aki Tanaka', 'aki  tanaka', 'ＡＫＩ Tanaka', 'U0AKI', 'slack:U0AKI', '<@U0AKI>', '<@U0AKI|aki.t>'])(
    'by %j',
    (ref) => {
      expect(people.person(ref)).toEqual({ id: 'aki', name: 'Aki Tanaka' })
    },
  )

  test.each(['', '@', 'ak', 'Aki', 'Sato', 'U0SAME', 'constructor', '__proto__', 'token:', 'slack:nobody', 'drill:X Y'])(
    'never by a guess: %j is nobody',
    (ref) => {
      expect(people.person(ref)).toBeNull()
    },
  )

  test('of the same name by the id', () => {
    expect(people.person('sato-2')).toEqual({ id: 'sato-2', name: 'sato' })
  })

  test.each([
    ['slack:U9STRANGER', 'U9STRANGER'],
    ['token:ci', 'ci'],
    ['drill:lead', 'lead'],
  ])('who is not configured, too: %s', (id, name) => {
    expect(people.person(id)).toEqual({ id, name })
  })

  test('of the chat, but not when two say that it is them', () => {
    expect(people.bySlack('U0BEN')?.id).toBe('ben')
    expect(people.bySlack('U0SAME')).toBeNull()
  })
})

describe('whoever acts', () => {
  const unknown = { id: 'slack:U9', name: 'Kenji' }

  test('speaks their own language, else that of the house', () => {
    expect(people.actor(people.configured('aki'), unknown, 'slack')).toMatchObject({
      id: 'aki',
      name: 'Aki Tanaka',
      locale: 'ja',
      via: 'slack',
    })
    expect(people.actor(null, { ...unknown, locale: 'ja' }, 'api').locale).toBe('ja')
    expect(peopleWith({ locale: 'ja' }).actor(null, unknown, 'api')).toMatchObject({ id: 'slack:U9', locale: 'ja', rank: 'anyone' })
  })

  test.each([
    ['nobody who is not named', {}, 'aki', 'anyone'],
    ['one who is named', { approvers: ['person:ben'] }, 'ben', 'approver'],
    ['one of a team that is named', { approvers: ['team:team-net'] }, 'ben', 'approver'],
    ['one who is not named', { approvers: ['person:aki'] }, 'ben', 'anyone'],
  ])('%s: %j %s is %s', (_, andon, id, rank) => {
    const with_ = peopleWith(andon)
    expect(with_.actor(with_.configured(id), unknown, 'slack').rank).toBe(rank)
  })
})

test('an owner is one of the team that answers for the component', () => {
  expect([people.owns('aki', 'polaris'), people.owns('ben', 'polaris'), people.owns('aki', 'none')]).toEqual([true, false, false])
})

test('everybody may pull, unless the configuration names who may', () => {
  const by = (id: string, via: Actor['via'] = 'slack'): Actor => ({ id, name: id, via, locale: 'en', rank: 'anyone' })
  expect([by('aki'), by('slack:U9'), by('token:ci', 'api')].every(people.mayPull)).toBe(true)
  const few = peopleWith({ pullers: ['team:team-core'] })
  expect([by('aki'), by('ben'), by('slack:U9'), by('token:ci', 'api'), by('jidoka', 'engine')].map(few.mayPull)).toEqual([
    ...[true, false, false, true, true],
  ])
})

test('members of a team', () => {
  expect(people.members('team-core').map(({ id }) => id)).toEqual(['aki'])
  expect(people.members('none')).toEqual([])
})
