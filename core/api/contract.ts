import { isDeepStrictEqual } from 'node:util'
import type { RouteConfig } from '@hono/zod-openapi'
import { z } from '@hono/zod-openapi'
import type { Api } from './app.ts'

/**
 * Holds an answer to what its route declares: the status, the content type, and the body to the letter (no field more, none
 * less). hono does not check this by itself, so the tests ask through here. Answers the body; throws on a breach.
 */
export async function heldToContract(api: Api, method: string, path: string, response: Response): Promise<unknown> {
  const called = `${method} ${path} -> ${response.status}`
  const text = await response.text()
  const type = response.headers.get('content-type')?.split(';')[0] ?? null
  const declared = declaredAnswer(api, method, path.split('?')[0] as string, response.status)
  const content = (declared.content ?? {}) as Record<string, { schema: z.ZodType }>
  if (Object.keys(content).length === 0) {
    if (text !== '') throw new Error(`${called}: a body where none is declared: ${text}`)
    return null
  }
  const schema = type === null ? undefined : content[type]?.schema
  if (!schema) throw new Error(`${called}: ${type} is not declared: ${text}`)
  if (!type?.endsWith('json')) return text
  const body: unknown = JSON.parse(text)
  const parsed = schema.safeParse(body)
  if (!parsed.success) throw new Error(`${called}: ${z.prettifyError(parsed.error)}\n${text}`)
  if (!isDeepStrictEqual(parsed.data, body)) throw new Error(`${called}: fields that are not declared: ${text}`)
  return body
}

interface Declared {
  content?: unknown
}

function declaredAnswer(api: Api, method: string, path: string, status: number): Declared {
  const routes = api.openAPIRegistry.definitions.flatMap((one) => (one.type === 'route' ? [one.route as RouteConfig] : []))
  const found = routes
    .filter((route) => route.method === method.toLowerCase() && pattern(route.path).test(path))
    .sort((a, b) => a.path.split('{').length - b.path.split('{').length)[0]
  // What is no route at all answers a problem like any other.
  const responses = (found ?? routes.find((route) => 'default' in route.responses))?.responses as Record<string, Declared> | undefined
  const declared = responses?.[status] ?? (status >= 400 ? responses?.default : undefined)
  if (!declared) throw new Error(`${method} ${path}: the status ${status} is not declared`)
  return declared
}

const pattern = (template: string) => new RegExp(`^${template.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`)
