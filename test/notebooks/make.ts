// Notebooks as plain data, for tests of what checks them.

type Data = Readonly<Record<string, unknown>>;
export interface Output { readonly output_type: string; readonly name?: string; readonly text?: string; readonly data?: Data; readonly metadata?: Data }
interface Cell { readonly cell_type: string; readonly source: string; readonly metadata: Record<string, unknown>; readonly outputs?: Output[]; readonly execution_count?: number | null }

export const PLOTLY = 'application/vnd.plotly.v1+json';

export const shown = (data: Data, metadata: Data = {}): Output => ({ output_type: 'display_data', data, metadata });
export const printed = (text: string, name = 'stdout'): Output => ({ output_type: 'stream', name, text });
export const code = (outputs: Output[], execution_count: number | null = 1, tags: readonly string[] = [], source = ''): Cell => ({ cell_type: 'code', source, metadata: { tags }, outputs, execution_count });
export const words = (source: string): Cell => ({ cell_type: 'markdown', source, metadata: {} });

export const notebook = (...cells: Cell[]): { cells: Cell[]; metadata: Record<string, unknown> } => ({ cells, metadata: { kernelspec: { name: 'workbook' } } });
