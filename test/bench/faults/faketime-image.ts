/** Where processes find a clock that a file sets. */
import { fileURLToPath } from 'node:url';
import type { ImageRecipe } from '../../../runners/docker/images.ts';

export const FAKETIME_IMAGE: ImageRecipe = {
  name: 'firedrill/test-faketime',
  folder: fileURLToPath(new URL('../../fixtures/faketime-image', import.meta.url)),
  node: true,
  bundles: [],
};
