import { z } from 'zod'
import { configSchema } from '../../core/catalog/schema.ts'

/** The part of JSON Schema that zod writes for our configuration. */
interface Schema {
  type?: string
  description?: string
  default?: unknown
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  oneOf?: Schema[]
  enum?: unknown[]
  const?: unknown
  format?: string
  pattern?: string
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  minItems?: number
  maxItems?: number
  additionalProperties?: boolean | Schema
}

interface Section {
  path: string
  about: string
  schema: Schema
}

const intro = `# Configuration

\`jidoka.config.ts\`, \`.js\`, \`.json\` or \`.yaml\`, in the working folder, or \`--config FILE\`. A key that is not listed here is refused
with its path, and nothing is started. Keys ending in \`Ms\` are milliseconds; a share is a number between 0 and 1. An id is
lower-case letters, digits and dashes, at most 63.

A small one:

\`\`\`json
{
  "components": [
    {
      "id": "polaris",
      "title": "Packet transfer",
      "topology": "active-standby",
      "members": [
        { "id": "polaris-1", "site": "tokyo-a", "hooks": "http://127.0.0.1:7101" },
        { "id": "polaris-2", "site": "tokyo-c", "hooks": "http://127.0.0.1:7102" }
      ],
      "probes": [{ "kind": "hook", "everyMs": 500, "timeoutMs": 300, "failAfter": 3 }],
      "ladder": ["restart-process", "failover-active-standby", "page"]
    }
  ]
}
\`\`\`
`

/** docs/configuration.md, from the one schema. */
export function configurationPage(): string {
  const schema = z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' }) as Schema
  const sections = collect({ path: '', about: 'The whole file.', schema })
  return [intro, ...sections.map(sectionText)].join('\n')
}

/** A section for each object, the outer ones first. */
function collect(section: Section): Section[] {
  const inner = Object.entries(section.schema.properties ?? {}).flatMap(([key, value]) => {
    const path = section.path === '' ? key : `${section.path}.${key}`
    return objectsOf(value, path).flatMap((found) => collect(found))
  })
  return [section, ...inner]
}

function objectsOf(schema: Schema, path: string): Section[] {
  if (schema.items)
    return objectsOf(schema.items, `${path}[]`).map((found) => ({ ...found, about: found.about || (schema.description ?? '') }))
  if (schema.oneOf) {
    return schema.oneOf.flatMap((variant) => {
      const kind = variant.properties?.kind?.const
      return variant.properties ? [{ path: `${path} kind: ${kind}`, about: variant.description ?? '', schema: variant }] : []
    })
  }
  return schema.properties ? [{ path, about: schema.description ?? '', schema }] : []
}

function sectionText({ path, about, schema }: Section): string {
  const rows = Object.entries(schema.properties ?? {}).map(([key, value]) => {
    const given = schema.required?.includes(key)
      ? 'required'
      : value.default === undefined || value.properties
        ? ''
        : `\`${JSON.stringify(value.default)}\``
    return `| \`${key}\` | ${cell(typeOf(value))} | ${cell(given)} | ${cell(value.description ?? '')} |`
  })
  const title = path === '' ? 'Top level' : `\`${path}\``
  return [
    `## ${title}`,
    '',
    ...(about ? [about, ''] : []),
    '| Key | Takes | Default | What it is for |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

function typeOf(schema: Schema): string {
  if (schema.const !== undefined) return `\`${schema.const}\``
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(' or ')
  if (schema.oneOf) return `object of kind ${schema.oneOf.map((variant) => `\`${variant.properties?.kind?.const}\``).join(', ')}`
  if (schema.items) return `list of ${plural(typeOf(schema.items))}${limits(schema.minItems, schema.maxItems)}`
  if (schema.properties) return 'object, see below'
  if (typeof schema.additionalProperties === 'object') return `object: any key, ${typeOf(schema.additionalProperties)}`
  if (schema.format === 'uri') return 'URL'
  if (schema.format === 'date-time') return 'time with its offset, ISO 8601'
  if (schema.pattern?.startsWith('^[a-z0-9]')) return 'id'
  if (schema.pattern?.startsWith('^\\/')) return 'path that starts with /'
  const name = { integer: 'whole number', number: 'number', string: 'text', boolean: '`true` or `false`' }[schema.type ?? ''] ?? 'anything'
  return name + limits(schema.minimum ?? above(schema.exclusiveMinimum), schema.maximum)
}

const plural = (name: string) => (name.includes(' ') ? name.replace(/^object/, 'objects') : `${name}s`)
const above = (limit: number | undefined) => (limit === undefined ? undefined : `more than ${limit}`)

function limits(min: number | string | undefined, max: number | undefined): string {
  // zod bounds every whole number by what a double can count; that tells nobody anything.
  const top = max === Number.MAX_SAFE_INTEGER ? undefined : max
  if (min === undefined && top === undefined) return ''
  if (top === undefined) return `, at least ${min}`
  return min === undefined ? `, at most ${top}` : `, ${min} to ${top}`
}
