import { defineGuardian } from '../define.ts'
import { checks } from './registry.ts'

export const stream = defineGuardian('stream', {
  title: { en: 'Data streams', ja: 'データストリーム' },
  checks,
})
