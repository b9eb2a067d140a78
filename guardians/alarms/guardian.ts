import { defineGuardian } from '../define.ts'
import { checks } from './registry.ts'

export const alarms = defineGuardian('alarms', {
  title: { en: 'Alarms that can be heard', ja: '届くアラーム' },
  checks,
})
