import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { wholeDocument } from './document.ts'

interface Operation {
  summary?: string
  security?: object[]
  responses: Record<string, { content?: Record<string, { schema: { $ref?: string } }> }>
  parameters?: { name: string }[]
}

const document = wholeDocument() as {
  openapi: string
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, unknown> }
}
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, method, operation })),
)

test('docs/openapi.json is what the routes say (npm run gen writes it)', async () => {
  const written = JSON.parse(await readFile(join(import.meta.dirname, '../../docs/openapi.json'), 'utf8'))
  expect(written).toEqual(JSON.parse(JSON.stringify(document)))
})

test('is the same every time', () => {
  expect(wholeDocument()).toEqual(document)
})

/** What answers a secret is not remembered; what comes from outside has marks of its own. */
const unkeyed = ['post /v1/session', 'post /v1/tokens', 'post /v1/schedules/{id}/feed', 'post /v1/webhooks/pagerduty']

test.each(operations)('$name is told in full', ({ method, operation, name }) => {
  expect(operation.summary).toBeTruthy()
  expect(operation.security).toBeDefined()
  const good = Object.keys(operation.responses).filter((status) => status.startsWith('2'))
  expect(good.length).toBeGreaterThan(0)
  if (name === 'get /health') return
  expect(operation.responses.default?.content?.['application/problem+json']?.schema.$ref).toBe('#/components/schemas/Problem')
  const keyed = operation.parameters?.some((one) => one.name === 'idempotency-key') ?? false
  expect(keyed).toBe(['post', 'put'].includes(method) && !unkeyed.includes(name))
})

test('all that is pinned for this stage is there', () => {
  const names = operations.map((one) => one.name)
  for (const pinned of [
    'get /v1/components',
    'post /v1/components/{id}/actions/{action}',
    'post /v1/alerts',
    'post /v1/webhooks/alertmanager',
    'get /v1/incidents',
    'get /v1/incidents/{id}',
    'get /v1/runs/{id}',
    'get /v1/events',
    'post /v1/andons',
    'get /v1/andons',
    'get /v1/andons/{id}',
    ...['join', 'escalate', 'update', 'resolve', 'reopen', 'merge'].map((command) => `post /v1/andons/{id}/${command}`),
    'post /v1/changes',
    'get /health',
    'get /metrics',
  ])
    expect(names).toContain(pinned)
})

test('every reference leads somewhere', () => {
  const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map((match) => match[1] as string)
  for (const ref of refs) expect(document.components.schemas).toHaveProperty(ref)
})
