import type { Who as Caller } from '../../core/api/env.ts'
import type { Catalog } from '../../core/catalog/catalog.ts'
import type { Who } from '../desk.ts'
import { openOwners } from './owner.ts'

export type WhoOf = (caller: Pick<Caller, 'name'>, header: (name: string) => string | undefined) => Who

/** The local token is everybody's who works on this machine: with it the command line says who that is. */
const localName = 'local'

/** A token speaks for the person whose name it has, else for itself (`token:NAME`). */
export function whoOf(catalog: Catalog): WhoOf {
  const { match } = openOwners(catalog, () => null)
  return ({ name }, header) => {
    const said = name === localName ? decoded(header('jidoka-person') ?? '') || name : name
    const found = match(said)
    return found?.kind === 'person' ? found.name : `token:${name}`
  }
}

function decoded(header: string): string {
  try {
    return decodeURIComponent(header)
  } catch {
    return ''
  }
}
