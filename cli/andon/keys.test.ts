import { expect, test } from 'vitest'
import { keys } from './keys.ts'
import { labelsOf } from './labels.ts'
import { burning, calm } from './sample.ts'

const { problems } = labelsOf('en')
const order = (key: string, typed: string, andon = burning) => keys.find((one) => one.key === key)?.order(typed, andon, problems)

test.each([
  ['j', 'Osaka, too', { path: 'join', body: { text: 'Osaka, too' } }],
  ['l', '', { path: 'lead', body: {} }],
  ['l', '@ben', { path: 'lead', body: { person: '@ben' } }],
  ['e', '', { path: 'escalate', body: {} }],
  ['e', 'it grows', { path: 'escalate', body: { reason: 'it grows' } }],
  ['t', '3', { path: 'lanes/lane_3/take', body: {} }],
  ['t', '3 30', { path: 'lanes/lane_3/take', body: { minutes: 30 } }],
  ['r', '2 they look', { path: 'lanes/lane_2/report', body: { text: 'they look' } }],
  ['r', '2 確認中', { path: 'lanes/lane_2/report', body: { text: '確認中' } }],
  ['d', '2: nothing', { path: 'lanes/lane_2/done', body: { outcome: 'nothing' } }],
  ['u', 'we look', { path: 'update', body: { text: 'we look', audience: 'everyone' } }],
  ['u', 'customers: we look', { path: 'update', body: { text: 'we look', audience: 'customers' } }],
  ['u', 'note: this', { path: 'update', body: { text: 'note: this', audience: 'everyone' } }],
  ['n', '1 of 3 is up', { path: 'note', body: { text: '1 of 3 is up' } }],
  ['i', 'starlink no answers', { path: 'inquiries', body: { carrier: 'starlink', symptom: 'no answers' } }],
  ['i', 'starlink', { path: 'inquiries', body: { carrier: 'starlink' } }],
  ['i', '1 they mend it', { path: 'inquiries/inq_1/answer', body: { text: 'they mend it' } }],
  ['k', 'watch the queue', { path: 'kaizen', body: { text: 'watch the queue' } }],
  ['R', 'rolled back', { path: 'resolve', body: { how: 'rolled back' } }],
])('%s "%s"', (key, typed, expected) => {
  expect(order(key, typed)).toEqual(expected)
})

test.each([
  ['j', '', problems.words],
  ['t', '', problems.lane(4)],
  ['t', '9', problems.lane(4)],
  ['t', '0', problems.lane(4)],
  ['t', '3 soon', problems.minutes],
  ['t', '3 9999', problems.minutes],
  ['r', '2', problems.words],
  ['r', 'nothing found', problems.lane(4)],
  ['u', 'customers:', problems.words],
  ['i', '', problems.carrier],
  ['i', '7 they mend it', problems.inquiry(1)],
  ['R', '', problems.words],
])('%s "%s" is not sent, and says why', (key, typed, problem) => {
  expect(order(key, typed)).toEqual({ problem })
})

test('who works on the only lane that is taken need not say which', () => {
  const one = { ...burning, lanes: burning.lanes.filter(({ id }) => id !== 'lane_2') }
  expect(order('r', 'nothing found', one)).toEqual({ path: 'lanes/lane_1/report', body: { text: 'nothing found' } })
  expect(order('r', 'nothing found', calm)).toEqual({ problem: problems.lane(0) })
})

test('each key does one thing, and has its prompt in both languages', () => {
  expect(new Set(keys.map(({ key }) => key)).size).toBe(keys.length)
  for (const { prompt, key } of keys)
    for (const locale of ['en', 'ja'] as const) {
      expect(labelsOf(locale).prompts[prompt]).not.toBe('')
      expect(labelsOf(locale).keys).toMatch(new RegExp(`(^|  )${key} `))
    }
})
