import { expect, test } from 'vitest'
import type { ApiRole } from '../../core/api/ports.ts'
import { indexCatalog } from '../../core/catalog/catalog.ts'
import { configSchema } from '../../core/catalog/schema.ts'
import { actorsOf } from './asking.ts'

const actorOf = actorsOf(indexCatalog(configSchema.parse({ people: [{ id: 'aki', name: 'Aki', locale: 'ja' }] })))
const asked = (name: string, role: ApiRole, headers: Record<string, string> = {}) =>
  actorOf({ name, role, by: 'bearer' }, (header) => headers[header])

test('a token is the person of its name, else itself; operators decide about runs', () => {
  expect(asked('aki', 'responder')).toMatchObject({ id: 'aki', name: 'Aki', locale: 'ja', rank: 'anyone', via: 'api' })
  expect(asked('grafana', 'operator', { 'user-agent': 'jidoka-cli/1' })).toMatchObject({
    id: 'token:grafana',
    rank: 'approver',
    via: 'cli',
  })
})

test('with the local token the command line says who sits there; with no other', () => {
  const person = (name: string) => ({ 'jidoka-person': encodeURIComponent(name) })
  expect(asked('local', 'admin', person('aki'))).toMatchObject({ id: 'aki', name: 'Aki' })
  expect(asked('local', 'admin', person('伊藤'))).toMatchObject({ id: 'token:local', name: '伊藤' })
  expect(asked('local', 'admin', { 'jidoka-person': '%E0%' })).toMatchObject({ name: 'local' })
  expect(asked('local', 'admin')).toMatchObject({ name: 'local' })
  expect(asked('grafana', 'responder', person('aki'))).toMatchObject({ id: 'token:grafana', name: 'grafana' })
})
