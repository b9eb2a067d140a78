import { readFile } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { ApiEnv } from './env.ts'
import type { ApiPorts } from './ports.ts'
import { noSuchRoute } from './problems.ts'

/** Pages load from here alone, run nothing inline, and stand in no frame. */
export const pagePolicy = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
}
/** `name-8Hx2_aB1.js`: the name changes with the content. */
const hashed = /-[\w-]{8,}\.\w+$/

/** The page may also ask whether the other controllers are there: it goes on at one of them when this one is gone. */
async function policyFor(controllers: ApiPorts['controllers']): Promise<string> {
  const known = (await controllers?.list().catch(() => [])) ?? []
  const origins = [...new Set(known.flatMap(({ url }) => (URL.canParse(url) ? [new URL(url).origin] : [])))]
  return origins.length < 2 ? pagePolicy : `${pagePolicy}; connect-src 'self' ${origins.join(' ')}`
}

/** The built board, from an absolute folder; without one, a page that says how to build it. */
export function boardRoutes(api: OpenAPIHono<ApiEnv>, folder: string | null, controllers?: ApiPorts['controllers']): void {
  api.get('/*', async (c) => {
    c.header('content-security-policy', await policyFor(controllers))
    if (!folder) {
      if (c.req.path !== '/') throw noSuchRoute(c)
      return c.html(notBuiltPage)
    }
    const path = safePath(folder, c.req.path)
    const type = types[extname(path ?? '')]
    const content = path && type ? await readFile(path).catch(() => null) : null
    if (!content) throw noSuchRoute(c)
    const cache = hashed.test(c.req.path) ? 'public, max-age=31536000, immutable' : 'no-cache'
    return c.body(new Uint8Array(content), 200, { 'content-type': type as string, 'cache-control': cache })
  })
}

/** The file below the folder that a path of a URL means, or null when it would lead out of it. */
export function safePath(folder: string, urlPath: string): string | null {
  let name: string
  try {
    name = decodeURIComponent(urlPath)
  } catch {
    return null
  }
  if (name.includes('\0') || name.includes('\\')) return null
  const path = join(folder, name === '/' ? 'index.html' : name)
  return path.startsWith(folder.endsWith(sep) ? folder : folder + sep) ? path : null
}

const notBuiltPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Jidoka</title>
<h1>Jidoka is running</h1>
<p>The board was not built yet. In the clone, run <code>npm run build -- --console</code>, then load this page again.</p>
<p>All of it is there without the board, too: <code>npm run -s jidoka -- status --watch</code>, and the <a href="/docs">HTTP API</a>.</p>
</html>
`
