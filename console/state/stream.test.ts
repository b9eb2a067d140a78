import { expect, test } from 'vitest'
import { eventParser, type Told } from './stream.ts'

function parsed(...chunks: string[]): Told[] {
  const told: Told[] = []
  const parse = eventParser((event) => told.push(event))
  for (const chunk of chunks) parse(chunk)
  return told
}

test('an event that comes in pieces is told once, when it is whole', () => {
  expect(parsed('id: 7\nevent: run.sta', 'rted\ndata: {"run":"run_1"', '}\n')).toEqual([])
  expect(parsed('id: 7\nevent: run.sta', 'rted\ndata: {"run":"run_1"}\n', '\nevent: x')).toEqual([
    { kind: 'run.started', data: { run: 'run_1' } },
  ])
})

test('several events in one piece, comments between', () => {
  expect(parsed(': beat\n\nevent: a\ndata: {}\n\nevent: b\r\ndata: {"n":1}\r\n\r\n')).toEqual([
    { kind: 'a', data: {} },
    { kind: 'b', data: { n: 1 } },
  ])
})

test('what is not JSON is left out, and the next one still comes', () => {
  expect(parsed('event: a\ndata: {broken\n\nevent: b\ndata: {}\n\n')).toEqual([{ kind: 'b', data: {} }])
})
