import { describe, expect, test } from 'vitest'
import { configSchema } from '../../core/catalog/schema.ts'
import { guessComponent } from './guess.ts'

const { components } = configSchema.parse({
  components: [
    { id: 'polaris', title: 'Packet transfer', members: [{ id: 'polaris-1' }, { id: 'polaris-2' }] },
    { id: 'dipper', title: '認証基盤', members: [{ id: 'dipper-1' }] },
    { id: 'core', title: 'Core', members: [{ id: 'core-1' }] },
    { id: 'core-db', title: 'Core database', members: [{ id: 'db7' }] },
  ],
})
const words = (id: string) => ({ id, by: 'words' as const })
const open = (...ids: string[]) => ids.map((component) => ({ component }))
const guess = (text: string, ...broken: string[]) => guessComponent(text, components, open(...broken))

describe('the words', () => {
  test.each([
    ['an id', 'polaris drops sessions', 'polaris'],
    ['an id, shouted', 'POLARIS!', 'polaris'],
    ['an id in full width', 'ＰＯＬＡＲＩＳが遅い', 'polaris'],
    ['a title', 'the packet transfer is slow', 'polaris'],
    ['a member', 'polaris-2 is gone', 'polaris'],
    ['a member of another name', 'db7 is full', 'core-db'],
    ['a title in Japanese, without gaps', '今朝から認証基盤が遅い', 'dipper'],
    ['an id within Japanese', 'dipperが落ちた', 'dipper'],
    ['the longer of two names', 'core-db is slow', 'core-db'],
    ['the longer of two titles', 'Core database is slow', 'core-db'],
    ['an id beside a title, which is also a plain word', 'the packet transfer of dipper is slow', 'dipper'],
    ['one of them twice', 'polaris, I mean polaris-1', 'polaris'],
  ])('name it by %s', (_, text, id) => {
    expect(guess(text)).toEqual(words(id))
  })

  test.each([
    ['no name', 'everything is slow'],
    ['a part of a word', 'polarised, scores, encore, dipperé'],
    ['two of them, whatever their length', 'dipper or polaris, I do not know'],
    ['one within another, and both', 'core-db and core'],
    ['nothing', ''],
  ])('with %s name none', (_, text) => {
    expect(guess(text)).toBeNull()
  })

  test('that name two mean the one that is broken', () => {
    expect(guess('dipper or polaris', 'polaris')).toEqual(words('polaris'))
    expect(guess('dipper or polaris', 'polaris', 'dipper')).toBeNull()
    expect(guess('dipper or polaris', 'core')).toBeNull()
  })

  test('count more than what is broken', () => {
    expect(guess('dipper is slow', 'polaris')).toEqual(words('dipper'))
  })
})

describe('what is broken', () => {
  test('is meant when it is the only one', () => {
    expect(guess('no data', 'polaris', 'polaris')).toEqual({ id: 'polaris', by: 'alerts' })
    expect(guess('no data', 'polaris', 'dipper')).toBeNull()
  })
})

test('a novel, in a great fleet, takes no time', () => {
  const many = configSchema.parse({
    components: Array.from({ length: 2_000 }, (_, n) => ({
      id: `service-${n}`,
      members: [{ id: `service-${n}-a` }, { id: `service-${n}-b` }],
    })),
  }).components
  const from = performance.now()
  expect(guessComponent(`service-7 is slow ${'service '.repeat(1_000_000)}`, many, [])).toEqual(words('service-7'))
  expect(performance.now() - from).toBeLessThan(1_000)
})
