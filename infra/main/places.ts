import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Folders that are found beside the source, or, bundled, beside the bundle (infra/build/bundle.ts rewrites them). */
export const migrationsFolder = fileURLToPath(new URL('../../migrations/', import.meta.url))
const board = fileURLToPath(new URL('../../dist/console/', import.meta.url))
const assets = fileURLToPath(new URL('../../dist/assets/', import.meta.url))

/** The built board, or null when it was not built. */
export const boardFolder = () => (existsSync(`${board}index.html`) ? board : null)
/** The API page's script, when it is not to be found as a package. */
export const docsFolder = () => (existsSync(`${assets}openapi-explorer.min.js`) ? assets : undefined)
