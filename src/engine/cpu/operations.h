// Registers this folder's operations with TensorFlow, all named Ial...; module.cc calls them when it is loaded.
#pragma once

void registerConvolutions();
void registerMaps();
void registerTokens();
void registerSteps();
