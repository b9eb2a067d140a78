import fc from 'fast-check'
import { expect, test } from 'vitest'
import { numbered, roomNameOf } from './rooms.ts'

const andon = { id: 'and_0k3v9x2m1q8wz4t7p', component: null, drill: null, pulledAt: Date.UTC(2026, 10, 21, 3) }
const named = (text: string, component: string | null = null, drill: string | null = null) =>
  roomNameOf(
    { ...andon, text, component: component ? { id: component, by: 'words' } : null, drill: drill ? { scenario: drill } : null },
    'andon',
  )

test.each([
  ['polaris drops sessions', 'polaris', null, 'andon-1121-polaris-z4t7p'],
  ['Roaming is slow', null, null, 'andon-1121-roaming-z4t7p'],
  ['大阪でローミングできない', null, null, 'andon-1121-z4t7p'],
  ['大阪でＬＴＥが切れる', null, null, 'andon-1121-lte-z4t7p'],
  ['Übertragung hängt', null, null, 'andon-1121-ubertragung-z4t7p'],
  ['🔥🔥', null, null, 'andon-1121-z4t7p'],
  ['only practice', null, 'practice', 'andon-drill-1121-only-z4t7p'],
  ['<!channel> <script>', null, null, 'andon-1121-channel-z4t7p'],
])('%s is talked about in %4$s', (text, component, drill, name) => {
  expect(named(text, component, drill)).toBe(name)
})

test('whatever the words are, the name is one that Slack takes, and stays one with a number', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 120 }),
      fc.option(fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,62}$/)),
      (text, component) => {
        for (const name of [named(text, component), numbered(named(text, component), 9), `${named(text, component)}-p`])
          expect(name).toMatch(/^[a-z0-9_-]{5,80}$/)
      },
    ),
  )
})
