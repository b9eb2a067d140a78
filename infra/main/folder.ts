import { mkdir } from 'node:fs/promises'
import { fault, isFault } from '../../core/errors.ts'

/** Works in the data folder, which is made when it is not there; what the file system refuses becomes `store-full`, naming the folder. */
export async function inFolder<T>(data: string, work: () => T | Promise<T>): Promise<T> {
  try {
    await mkdir(data, { recursive: true, mode: 0o700 })
    return await work()
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw isFault(error) || !code ? error : fault('store-full', { path: data, problem: message }, error)
  }
}
