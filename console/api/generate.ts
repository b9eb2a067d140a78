import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * Writes schema.d.ts from docs/openapi.json: `node console/api/generate.ts`. Run by npx, because openapi-typescript needs the
 * JavaScript API of the TypeScript compiler, which version 7 has not.
 */
const document = fileURLToPath(new URL('../../docs/openapi.json', import.meta.url))
const types = fileURLToPath(new URL('schema.d.ts', import.meta.url))

/** The first line of the types tells which document they were made from. */
export const markOf = (documentText: string) =>
  `// sha-256 of docs/openapi.json: ${createHash('sha256').update(documentText).digest('hex')}`

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  execFileSync('npx', ['-y', '-p', 'typescript@5.9', '-p', 'openapi-typescript@7.13', 'openapi-typescript', document, '-o', types])
  writeFileSync(types, `${markOf(readFileSync(document, 'utf8'))}\n${readFileSync(types, 'utf8')}`)
}
