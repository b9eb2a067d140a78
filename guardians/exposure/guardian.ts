import { defineGuardian } from '../define.ts'
import { checks } from './registry.ts'

export const exposure = defineGuardian('exposure', {
  title: { en: 'What strangers can reach', ja: '外部からの到達性' },
  checks,
})
