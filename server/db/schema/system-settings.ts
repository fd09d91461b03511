export interface SystemSettingsTable {
  key: string;
  value: string;
  data_type: 'number' | 'text' | 'boolean' | 'json';
  description: string;
  updated_at: number;
}
