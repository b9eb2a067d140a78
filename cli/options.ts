import { fault } from '../core/errors.ts'

/** A number of an option, as a person types it. Throws `usage`, which names the option. */
export function numberOption(text: string, flag: string, min: number, max: number): number {
  const value = Number(text)
  if (/^\d{1,15}$/.test(text.trim()) && value >= min && value <= max) return value
  throw fault('usage', { problem: `${flag} must be a whole number from ${min} to ${max}, got "${text}".`, hint: 'Nothing was started.' })
}

export const portOption = (text: string, flag: string, min = 0, max = 65_535) => numberOption(text, flag, min, max)

/** Of an option that may be given several times. */
export const gathered = (value: string, before: string[] = []) => [...before, value]

/** Of a variable: addresses with commas between them. */
export const splitUrls = (text: string | undefined) => (text ?? '').split(',').flatMap((url) => url.trim() || [])
