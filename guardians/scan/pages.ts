import { fault, isFault } from '../../core/errors.ts'
import type { Inventory, Resource, Sources } from '../define.ts'

export interface Page {
  /** Those that no page before had. */
  rows: Resource[]
  next?: string
}

/** Pages without anything new, one after another: an answer that never ends. */
const idlePagesMax = 1_000

/**
 * The pages of an inventory, from a token on. A resource that comes twice because pages shifted comes once. A token that is
 * refused half-way (expired, or another process') begins the inventory again, once; rows that were seen are not given again.
 * @throws what the inventory throws; fault `aws-refused` for a list that never ends
 */
export async function* pagesOf(inventory: Inventory, sources: Sources, from?: string, seen: Set<string> = new Set()): AsyncGenerator<Page> {
  let token = from
  let again = false
  let idle = 0
  for (;;) {
    sources.signal?.throwIfAborted()
    let page: Page
    try {
      page = await inventory.page(sources, token)
    } catch (error) {
      if (token === undefined || again || !isFault(error, 'aws-refused', 'aws-absent')) throw error
      again = true
      token = undefined
      continue
    }
    const rows = page.rows.filter(({ arn }) => !seen.has(arn) && seen.add(arn))
    idle = rows.length > 0 ? 0 : idle + 1
    if (page.next !== undefined && ((page.next === token && idle > 0) || idle > idlePagesMax)) throw endless(inventory, sources)
    yield page.next === undefined ? { rows } : { rows, next: page.next }
    if (page.next === undefined) return
    token = page.next
  }
}

const endless = ({ calls }: Inventory, { target }: Sources) =>
  fault('aws-refused', { ...target, call: calls[0] ?? 'page', code: 'EndlessPages', problem: 'its pages never end' })
