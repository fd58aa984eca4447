// Registers this folder's operations with TensorFlow, all named Ial...; src/engine/operations.ts calls them.
#pragma once

void registerOperations();
