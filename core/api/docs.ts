import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { OpenAPIHono } from '@hono/zod-openapi'
import { pagePolicy } from './board.ts'
import { documentOf } from './document.ts'
import type { ApiEnv } from './env.ts'

const script = 'openapi-explorer.min.js'

/** `/openapi.json`, and `/docs`: a page that reads it. One script from its package, or from `folder` when bundled; nothing from elsewhere. */
export function docsRoutes(api: OpenAPIHono<ApiEnv>, folder: string | null): void {
  let text: string | null = null
  api.get('/openapi.json', (c) => {
    text ??= JSON.stringify(documentOf(api))
    return c.body(text, 200, { 'content-type': 'application/json', 'cache-control': 'no-cache' })
  })
  api.get('/docs', (c) => {
    // Its templates carry style attributes; scripts stay strict.
    c.header('content-security-policy', `${pagePolicy}; style-src 'self' 'unsafe-inline'; img-src 'self' data:`)
    return c.html(docsPage)
  })
  api.get(`/docs/${script}`, async (c) => {
    const path = folder ? join(folder, script) : fileURLToPath(import.meta.resolve(`openapi-explorer/dist/browser/${script}`))
    return c.body(new Uint8Array(await readFile(path)), 200, {
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=3600',
    })
  })
}

const docsPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Jidoka: HTTP API</title>
<link rel="icon" href="data:,">
<style>body { margin: 0; font-family: system-ui, sans-serif }</style>
<script type="module" src="/docs/${script}"></script>
<openapi-explorer spec-url="/openapi.json" hide-server-selection="true" hide-console="false"></openapi-explorer>
</html>
`
