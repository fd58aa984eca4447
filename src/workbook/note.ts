// A finding in words. Its numbers come from the code, so that they cannot differ from the tables and figures beside them.
import { display } from './host.ts';

/** @param markdown e.g. `GCA+IAL gains **${points(gain)}** points.` */
export const note = (markdown: string): void => display({ 'text/markdown': markdown, 'text/plain': markdown });
